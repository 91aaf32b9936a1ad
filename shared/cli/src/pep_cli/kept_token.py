"""The access token of whoever signed in last at this terminal's account: kept for its owner's eyes until it expires."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pep_runtime.clock import real_seconds


class KeptToken(BaseModel):
    """The token, for which authority it speaks, and whose it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    authority: str
    issuer: str
    token: str = Field(repr=False)
    expires_at: int

    def keep(self, file: Path) -> None:
        """Written whole or not at all, readable by nobody else from the first byte on."""
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        half = file.with_suffix(".half")
        half.unlink(missing_ok=True)
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
            opened.write(self.model_dump_json())
        half.replace(file)


def kept_token(file: Path) -> KeptToken | None:
    """The token that still holds, if any. One that has expired is removed, and so is what cannot be read."""
    try:
        found = KeptToken.model_validate_json(file.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except ValidationError:
        found = None
    if found is None or found.expires_at <= real_seconds():
        file.unlink(missing_ok=True)
        return None
    return found
