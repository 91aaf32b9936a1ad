"""The authority's daily file of changes: which days came, and which came late or not at all."""
