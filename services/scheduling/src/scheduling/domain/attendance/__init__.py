"""Whether a child was at school: the marks of each session, and what they count as."""
