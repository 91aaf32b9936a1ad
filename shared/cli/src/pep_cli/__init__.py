"""The `pep` command: what operators do; each service adds its own commands."""
