"""How long a child's record is kept, what holds it back from being forgotten, and how two people let it go."""
