"""How a story is told: which sentence for which event, in which order. No I/O, no clock."""
