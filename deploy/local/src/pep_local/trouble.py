"""What can go wrong on a machine, said in one sentence that names the thing and what to do about it."""


class Trouble(Exception):
    """Shown to the person at the terminal as it is, without a traceback; the command ends with code 1."""
