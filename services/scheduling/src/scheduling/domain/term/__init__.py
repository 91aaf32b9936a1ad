"""The terms of the authority's own schools: each opens once."""
