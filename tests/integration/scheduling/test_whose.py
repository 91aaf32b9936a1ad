"""Whose child it is stands twice: as a question about one child, and as a condition in SQL for lists. They agree."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pep_kernel.may import (
    GRANTS,
    Condition,
    Permission,
    Role,
    Signed,
    child_resource,
    may,
    whose,
    with_glass,
)

NOW = datetime.fromisoformat("2026-11-23T12:00:00+00:00")
PEOPLE, SCHOOLS = st.sampled_from(["person-1", "person-2"]), st.sampled_from(["900001", "900002", None])
SOME_PEOPLE = st.sets(PEOPLE).map(lambda people: tuple(sorted(people)))
UNTIL = st.sampled_from([NOW - timedelta(hours=1), NOW, NOW + timedelta(seconds=1)])
Ask = Callable[[Sequence["Child"], Condition], set[str]]


@dataclass(frozen=True, slots=True)
class Child:
    """A row with the columns that relations look at."""

    child_ref: str
    school_urn: str | None
    social_worker_ref: str | None
    born_in_school_year: int | None
    delegates: tuple[str, ...]
    carers: tuple[str, ...]
    restricted: bool
    glass: tuple[str, ...]
    closes_on: date | None


CHILD = st.builds(
    Child,
    child_ref=st.one_of(PEOPLE, st.uuids().map(str)),
    school_urn=SCHOOLS,
    social_worker_ref=st.one_of(st.none(), PEOPLE),
    born_in_school_year=st.one_of(st.none(), st.integers(2006, 2011)),
    delegates=SOME_PEOPLE,
    carers=SOME_PEOPLE,
    restricted=st.booleans(),
    closes_on=st.sampled_from([None, NOW.date(), NOW.date() + timedelta(days=1)]),
    glass=st.one_of(st.just(()), st.builds(with_glass, st.just(()), PEOPLE, UNTIL)),
)
ABSENT = st.builds(
    Signed, authority=st.just("anytown"), person_ref=PEOPLE, role=st.sampled_from(Role), school_urn=SCHOOLS
)
SIGNED = st.builds(
    Signed,
    authority=st.just("anytown"),
    person_ref=PEOPLE,
    role=st.sampled_from(Role),
    school_urn=SCHOOLS,
    granted=st.frozensets(st.sampled_from([Permission.RESTRICTED_RECORDS.value, *(role.value for role in Role)])),
    in_place_of=st.lists(ABSENT, max_size=2).map(tuple),
)


@pytest.fixture(scope="module")
def listed(postgres_dsn: str) -> Iterator[Ask]:
    """Asks PostgreSQL which of these children fulfil a condition, in a table that only this connection sees."""
    with asyncio.Runner() as runner:
        connection = runner.run(_connected(postgres_dsn))

        async def ask(children: Sequence[Child], condition: Condition) -> set[str]:
            await connection.execute("truncate child")
            places = ", ".join(f"${place}" for place in range(1, len(fields(Child)) + 1))
            await connection.executemany(f"insert into child values ('anytown', {places})", map(astuple, children))
            sql, arguments = condition.placed(2)
            query = f"select child_ref from child where authority = $1 and ({sql})"
            return {row["child_ref"] for row in await connection.fetch(query, "anytown", *arguments)}

        yield lambda children, condition: runner.run(ask(children, condition))
        runner.run(connection.close())


async def _connected(postgres_dsn: str) -> Any:
    connection = await asyncpg.connect(postgres_dsn)
    await connection.execute(
        "create temporary table child (authority text, child_ref text, school_urn text, social_worker_ref text,"
        " born_in_school_year bigint, delegates text[], carers text[], restricted boolean, glass text[],"
        " closes_on date)"
    )
    return connection


@pytest.mark.rule("O-12", "O-15", "O-21", "O-93")
@given(
    children=st.lists(CHILD, max_size=8, unique_by=lambda child: child.child_ref),
    signed=SIGNED,
    action=st.sampled_from(sorted(GRANTS)),
)
def test_a_list_shows_the_children_about_whom_the_person_may(
    listed: Ask, children: list[Child], signed: Signed, action: str
) -> None:
    allowed = {
        child.child_ref
        for child in children
        if may(signed, action, replace(child_resource(child, NOW), carers=frozenset(child.carers))).allowed
    }
    theirs = whose(signed, action, NOW)
    assert listed(children, theirs) == allowed
    assert listed(children, theirs.about("child")) == allowed, "the same where the rows are another table's"
