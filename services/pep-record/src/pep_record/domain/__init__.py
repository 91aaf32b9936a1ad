"""A child's plan, and what is known about the child it is for."""
