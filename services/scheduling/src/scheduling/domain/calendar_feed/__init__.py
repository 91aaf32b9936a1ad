"""A person's calendar, to which other programs subscribe by a secret address."""
