"""What can be looked up: folded from this service's own journal."""
