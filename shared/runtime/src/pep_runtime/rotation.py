"""A newer key for an authority: every subject's key is wrapped anew under it, and nothing that it sealed is touched.

It goes by small batches while all services run, and can be stopped and begun again at any moment: old and new key both
open until the old one is retired.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pep_runtime.authority_keys import KeyWrapper
from pep_runtime.database import connect, connected
from pep_runtime.keyring import Keyring, bound_to

BATCH = 500
Progress = Callable[[int, int], None]
_COUNT = "select count(*) from subject_key where authority = $1 and wrapped is not null"
_NEXT = (
    "select subject, data_class, wrapped from subject_key where authority = $1 and wrapped is not null"
    " and (subject, data_class) > ($2, $3) order by subject, data_class limit $4"
)
# What was destroyed or wrapped anew meanwhile stays as it is.
_WRAP = "update subject_key set wrapped = $5 where authority = $1 and subject = $2 and data_class = $3 and wrapped = $4"


@dataclass(frozen=True, slots=True)
class Rotated:
    """Which of the authority's keys wraps now; how many subjects' keys there are, and how many of them were behind."""

    authority: str
    number: int
    keys: int
    wrapped_anew: int


@dataclass(frozen=True, slots=True)
class Standing:
    """The numbers of the authority's keys that open something, the newest last, and how many keys they wrap."""

    authority: str
    numbers: tuple[int, ...]
    keys: int

    @property
    def under_way(self) -> bool:
        """Old and new are both in use."""
        return len(self.numbers) > 1


async def standing(operator_dsn: str, wrapper: KeyWrapper, authority: str) -> Standing:
    """Where the authority's rotation stands. `operator_dsn` is a superuser's, of the keys' database."""
    async with connected(operator_dsn) as connection:
        return Standing(
            authority, tuple(await wrapper.numbers(authority)), await connection.fetchval(_COUNT, authority)
        )


async def rotate(operator_dsn: str, wrapper: KeyWrapper, authority: str, progress: Progress) -> Rotated:
    """Make a newer key, unless a rotation is under way, and wrap all under it. Can be repeated."""
    async with await connect(operator_dsn, size=1, check_lineage=False) as pool:
        await Keyring(pool, wrapper).reference_secret(
            authority
        )  # the first key may have to tell it: it is written down
    if len(await wrapper.numbers(authority)) == 1:
        await wrapper.rotate(authority)
    return await _wrap_all(operator_dsn, wrapper, authority, progress)


async def retire(operator_dsn: str, wrapper: KeyWrapper, authority: str, progress: Progress) -> Rotated:
    """Wrap anew whatever a process wrapped late, then take the older keys out of use."""
    rotated = await _wrap_all(operator_dsn, wrapper, authority, progress)
    await wrapper.retire(authority)
    return rotated


async def _wrap_all(operator_dsn: str, wrapper: KeyWrapper, authority: str, progress: Progress) -> Rotated:
    done = anew = 0
    last = ("", "")
    async with connected(operator_dsn) as connection:
        count = await connection.fetchval(_COUNT, authority)
        while rows := await connection.fetch(_NEXT, authority, *last, BATCH):
            anew += await _wrap(connection, wrapper, authority, rows)
            last = (rows[-1]["subject"], rows[-1]["data_class"])
            done += len(rows)
            progress(done, count)
    return Rotated(authority, (await wrapper.numbers(authority))[-1], done, anew)


async def _wrap(connection: Any, wrapper: KeyWrapper, authority: str, rows: Sequence[Any]) -> int:
    old = [(row["wrapped"], bound_to(authority, row["subject"], row["data_class"])) for row in rows]
    anew = await wrapper.rewrap(authority, old)
    changes = [
        (authority, row["subject"], row["data_class"], row["wrapped"], wrapped)
        for row, wrapped in zip(rows, anew, strict=True)
        if row["wrapped"] != wrapped
    ]
    await connection.executemany(_WRAP, changes)
    return len(changes)
