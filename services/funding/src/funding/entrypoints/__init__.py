"""How people, other services and timers reach funding."""
