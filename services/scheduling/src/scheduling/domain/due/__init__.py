"""By when what must be done, and why: one way to count a date, for the log, the API and the terminal alike."""
