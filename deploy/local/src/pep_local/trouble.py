"""What can go wrong on a machine, said in one sentence that names the thing and what to do about it."""

import errno
import sys
from collections.abc import Callable

from rich.console import Console

from pep_runtime.database import ChangedMigration


class Trouble(Exception):
    """Shown to the person at the terminal as it is, without a traceback; the command ends with code 1."""


def say_trouble(command: Callable[[], None]) -> None:
    """Run a command. Trouble ends it with one sentence and code 1; anything else is a bug and keeps its traceback."""
    try:
        command()
    except Trouble as trouble:
        sentence = str(trouble)
    except ChangedMigration as changed:
        sentence = f"{changed} Or begin anew: remove the state folder."
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        sentence = (
            f"No room is left on the disk at {error.filename or 'the state folder'}: make some, or set PEP_STATE_DIR."
        )
    else:
        return
    Console(stderr=True).print(sentence, style="bold red", highlight=False, markup=False, soft_wrap=True)
    sys.exit(1)
