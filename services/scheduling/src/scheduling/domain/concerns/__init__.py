"""What of one child cannot wait for the next termly meeting: absence, exclusions, moves nobody agreed to, reviews."""
