"""Funding's ports, spoken to the world: its own journal and tables, and the other services' numbers."""
