"""Puts a child's episodes together to spells in care: a spell begins once and ends once, with episodes between."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from scheduling.domain.child.care_record import Episode, Spell
from scheduling.domain.child.code_lists import (
    CEASED_CODES,
    EPISODE_GOES_ON,
    LEGAL_STATUS_CODES,
    NEED_CODES,
    NEW_EPISODE_CODES,
    is_placement,
)
from scheduling.ssda903.row_reader import RowReader, single_rows

SPELL_BEGINS = "S"


@dataclass(frozen=True, slots=True)
class ReadEpisode:
    """An episode with the row it came from, and why it ceased (`X1`: another episode of the same spell follows)."""

    reader: RowReader
    episode: Episode
    reason_ceased: str

    @property
    def ends_the_spell(self) -> bool:
        return self.episode.ended is not None and self.reason_ceased != EPISODE_GOES_ON


def read_spells(readers: list[RowReader], return_year: str) -> tuple[Spell, ...]:
    """The spells, in order; none, and told why, if any row has an error."""
    singles = single_rows(readers, "CHILD", "DECOM")
    episodes = [episode for reader in singles if (episode := _read_episode(reader, return_year))]
    episodes.sort(key=lambda each: each.episode.began)
    _tell_of_overlaps(episodes)
    if not all(reader.sound for reader in readers):
        return ()
    *earlier, newest = _split(episodes) or [[]]
    return tuple(_spell(part, is_newest=part is newest) for part in (*earlier, newest) if part)


def _read_episode(reader: RowReader, return_year: str) -> ReadEpisode | None:
    began, ended = reader.needed_day("DECOM"), reader.day("DEC")
    reason_new = reader.code("RNE", NEW_EPISODE_CODES)
    legal_status = reader.code("LS", LEGAL_STATUS_CODES)
    reason_ceased = _reason_ceased(reader)
    placement = reader.needed("PLACE").upper()
    if began and placement and not is_placement(placement, return_year, began):
        reader.error("PLACE", f"is not a placement code of {return_year}")
    if reader.text("CIN"):
        reader.code("CIN", NEED_CODES)
    if began and ended and ended < began:
        reader.error("DEC", "the episode ends before it begins")
    if began is None or not reader.sound:
        return None
    read = {"reason_new": reason_new, "legal_status": legal_status, "placement": placement}
    return ReadEpisode(reader, Episode.model_validate({"began": began, "ended": ended, **read}), reason_ceased)


def _reason_ceased(reader: RowReader) -> str:
    if bool(reader.text("DEC")) != bool(reader.text("REC")):
        reader.error("REC", "the day an episode ceased and the reason belong together")
    return reader.code("REC", CEASED_CODES) if reader.text("REC") else ""


def _tell_of_overlaps(episodes: list[ReadEpisode]) -> None:
    for before, after in pairwise(episodes):
        if before.episode.ended is None or after.episode.began < before.episode.ended:
            line = before.reader.row.line
            after.reader.error("DECOM", f"begins before the episode on line {line} of {before.reader.row.file} ends")


def _split(episodes: list[ReadEpisode]) -> list[list[ReadEpisode]]:
    spells: list[list[ReadEpisode]] = []
    for each in episodes:
        if spells and not _begins_a_spell(spells[-1][-1], each):
            spells[-1].append(each)
        else:
            spells.append([each])
    return spells


def _begins_a_spell(before: ReadEpisode, after: ReadEpisode) -> bool:
    starts, follows_at_once = after.episode.reason_new == SPELL_BEGINS, after.episode.began == before.episode.ended
    if before.ends_the_spell and not starts:
        after.reader.warn("RNE", "the spell before had ended, so this is read as a new one")
    if not before.ends_the_spell and starts:
        before.reader.warn("REC", "says that the spell goes on, but the next episode starts one")
    if not before.ends_the_spell and not starts and not follows_at_once:
        after.reader.warn("DECOM", "does not begin on the day the episode before ceased; read as the same spell")
    return before.ends_the_spell or (starts and not follows_at_once)


def _spell(episodes: list[ReadEpisode], *, is_newest: bool) -> Spell:
    first, last = episodes[0], episodes[-1]
    goes_on = is_newest and not last.ends_the_spell
    if goes_on and last.episode.ended:
        last.reader.warn("REC", "says that an episode follows, but there is none; the spell is taken to go on")
    return Spell(
        began=first.episode.began,
        began_earlier=first.episode.reason_new != SPELL_BEGINS,
        ended=None if goes_on else last.episode.ended,
        reason_ceased=last.reason_ceased if last.ends_the_spell else None,
        episodes=tuple(each.episode for each in episodes),
    )
