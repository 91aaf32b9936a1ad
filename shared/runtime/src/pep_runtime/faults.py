"""What failed, and where, in words for operators: nothing of the contents, which an error's own text may hold."""

from __future__ import annotations

from pathlib import Path
from traceback import extract_tb

from pydantic import ValidationError

from pep_runtime.cloud_events import Unreadable

FRAMES = 4


def what_failed(error: Exception) -> tuple[str, str]:
    """The error's kind, with a sentence where it is ours or names fields only; the last lines of code it came by."""
    frames = [f"{Path(each.filename).name}:{each.lineno}" for each in extract_tb(error.__traceback__)[-FRAMES:]]
    return f"{type(error).__name__}{_sentence(error)}", " ".join(frames)


def _sentence(error: Exception) -> str:
    if isinstance(error, Unreadable):
        return f": {error}"
    if isinstance(error, ValidationError):
        fields = {".".join(map(str, each["loc"])) or "the whole" for each in error.errors(include_input=False)}
        return f": {error.title}: {', '.join(sorted(fields))}"
    return ""
