"""One meeting about one child: arranged, held as a PEP meeting or as a review of progress, perhaps corrected."""
