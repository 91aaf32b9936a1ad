"""Journey: the auditor's view. A verified copy of every journal, and one child's story told from it."""
