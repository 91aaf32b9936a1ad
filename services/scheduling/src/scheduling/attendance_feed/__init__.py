"""Reads the files of a daily attendance feed for `pep import attendance`."""
