"""A year of fictional lives, played through the rule books without a server: a head plans capacity with it."""
