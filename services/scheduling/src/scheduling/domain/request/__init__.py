"""One request that waits for others to agree: a change of school, a holiday in term time, a placement."""
