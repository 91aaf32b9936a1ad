"""The story by HTTP and at the terminal."""
