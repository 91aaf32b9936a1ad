"""One spell in care begins once and ends once, however many episodes it has."""

from datetime import date

import pytest
from tests.scheduling.ssda903.conftest import A_CHILD, ENTERED, EPISODES, Read, Result


def episodes(read: Read, *rows: str) -> Result:
    return read(header=A_CHILD, episodes=EPISODES + "".join(f"child-7,{row}\n" for row in rows))


def test_one_running_episode_is_one_running_spell(read: Read) -> None:
    (spell,) = read(header=A_CHILD, episodes=ENTERED).child.spells
    assert (spell.began, spell.began_earlier, spell.ended) == (date(2026, 9, 21), False, None)
    assert (spell.episodes[0].legal_status, spell.episodes[0].placement) == ("C2", "U6")


def test_episodes_that_follow_each_other_are_one_spell_in_whatever_order_they_stand(read: Read) -> None:
    result = episodes(
        read,
        "20/07/2026,P,C1,N1,U6,14/09/2026,E4A",
        "01/07/2026,L,C1,N1,U3,20/07/2026,X1",
        "22/06/2026,S,J1,N1,U3,01/07/2026,X1",
    )
    (spell,) = result.child.spells
    assert result.findings == []
    assert [each.reason_new for each in spell.episodes] == ["S", "L", "P"]
    assert (spell.began, spell.ended, spell.reason_ceased) == (date(2026, 6, 22), date(2026, 9, 14), "E4A")


def test_leaving_and_entering_again_are_two_spells(read: Read) -> None:
    result = episodes(read, "12/01/2026,S,V2,N1,U6,30/04/2026,E4A", "21/09/2026,S,V2,N1,U6,,")
    assert [(spell.began, spell.ended) for spell in result.child.spells] == [
        (date(2026, 1, 12), date(2026, 4, 30)),
        (date(2026, 9, 21), None),
    ]


def test_a_spell_without_its_first_episode_began_earlier(read: Read) -> None:
    (spell,) = episodes(read, "02/09/2024,P,C2,N1,U6,,").child.spells
    assert spell.began_earlier
    assert spell.began == date(2024, 9, 2)


@pytest.mark.parametrize(
    ("rows", "column", "reason"),
    [
        (["21/09/2026,S,C2,N1,U6,,", "28/09/2026,P,C2,N1,U1,,"], "DECOM", "begins before the episode on line 2"),
        (["21/09/2026,S,C2,N1,U6,05/10/2026,X1", "28/09/2026,P,C2,N1,U1,,"], "DECOM", "begins before the episode"),
        (["21/09/2026,S,C2,N1,U6,14/09/2026,E4A"], "DEC", "ends before it begins"),
        (["31/02/2026,S,C2,N1,U6,,"], "DECOM", "there is no such day"),
        (["2026-9-21,S,C2,N1,U6,,"], "DECOM", "there is no such day"),
        ([",S,C2,N1,U6,,"], "DECOM", "must not be empty"),
        (["21/09/2026,X,C2,N1,U6,,"], "RNE", "is not a known code"),
        (["21/09/2026,S,C9,N1,U6,,"], "LS", "is not a known code"),
        (["21/09/2026,S,C2,N9,U6,,"], "CIN", "is not a known code"),
        (["21/09/2026,S,C2,N1,Z1,,"], "PLACE", "is not a placement code of 2026-27"),
        (["21/09/2026,S,C2,N1,,,"], "PLACE", "must not be empty"),
        (["21/09/2026,S,C2,N1,U6,28/09/2026,"], "REC", "belong together"),
        (["21/09/2026,S,C2,N1,U6,,E4A"], "REC", "belong together"),
        (["21/09/2026,S,C2,N1,U6,28/09/2026,E99"], "REC", "is not a known code"),
        (["21/09/2026,S,C2,N1,U6,,", "21/09/2026,S,C1,N1,U6,,"], "CHILD", "differs from line 2 of episodes.csv"),
    ],
)
def test_what_is_wrong_with_an_episode_keeps_the_child_out(
    read: Read, rows: list[str], column: str, reason: str
) -> None:
    result = episodes(read, *rows)
    assert result.children == []
    assert [(each.severity, each.column) for each in result.findings] == [("error", column)]
    assert reason in result.findings[0].reason


def test_a_finding_names_file_line_column_and_value(read: Read) -> None:
    finding = episodes(read, "21/09/2026,S,C9,N1,U6,,").findings[0]
    assert (finding.file, finding.line, finding.column, finding.value) == ("episodes.csv", 2, "LS", "C9")


@pytest.mark.parametrize(
    ("rows", "reason", "spells"),
    [
        (["21/09/26,S,C2,N1,U6,,"], "the year has two figures; read as 2026", 1),
        (["21/09/2026,S,C2,N1,U6,,", "21/09/2026,S,C2,N1,U6,,"], "repeats line 2", 1),
        (["01/07/2026,S,C2,N1,U6,31/08/2026,E4A", "21/09/2026,P,C2,N1,U6,,"], "read as a new one", 2),
        (["01/07/2026,S,C2,N1,U6,31/08/2026,X1", "21/09/2026,S,C2,N1,U6,,"], "the next episode starts one", 2),
        (["01/07/2026,S,C2,N1,U6,31/08/2026,X1", "31/08/2026,S,C2,N1,U6,,"], "the next episode starts one", 1),
        (["01/07/2026,S,C2,N1,U6,31/08/2026,X1", "07/09/2026,P,C2,N1,U6,,"], "read as the same spell", 1),
        (["01/07/2026,S,C2,N1,U6,31/08/2026,X1"], "the spell is taken to go on", 1),
    ],
)
def test_what_is_odd_about_an_episode_is_told_and_read_sensibly(
    read: Read, rows: list[str], reason: str, spells: int
) -> None:
    result = episodes(read, *rows)
    (finding,) = result.findings
    assert finding.severity == "warning"
    assert reason in finding.reason
    assert len(result.child.spells) == spells


def test_a_time_of_midnight_behind_a_day_and_iso_days_are_read(read: Read) -> None:
    result = episodes(read, "01/07/2026 00:00:00,S,C2,N1,U6,2026-08-31,E4A")
    assert result.findings == []
    assert result.child.spells[0].ended == date(2026, 8, 31)


def test_an_episode_of_nobody_is_an_error(read: Read) -> None:
    result = read(header=A_CHILD, episodes=ENTERED + "child-8,21/09/2026,S,C2,N1,U6,,\n")
    assert result.faults == [("error", "CHILD", "an episode of a child that is not in the header table")]
    assert result.preview.children_left_out == 1
    assert result.child.child_id == "child-7"


def test_episodes_without_any_header_table_are_no_use(read: Read) -> None:
    result = read(episodes=ENTERED)
    assert result.findings[0].reason == "there are episodes, but no header table"
    assert result.preview.fatal == 1
