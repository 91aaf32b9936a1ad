"""Every day and hour that a request to scheduling names is bounded: beyond that nothing can be counted."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Query
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

from scheduling.domain.days import At, Day
from scheduling.main import PARTS


def unbounded(routers: Sequence[APIRouter]) -> list[str]:
    """The fields of bodies, queries and addresses that take any day."""
    return sorted(
        f"{min(route.methods or ())} {route.path}: {name}"
        for router in routers
        for route in router.routes
        if isinstance(route, APIRoute)
        for name, field in _taken(route)
        if _any_day(_schema(field))
    )


def _taken(route: APIRoute) -> Iterator[tuple[str, FieldInfo]]:
    taken = route.dependant
    for each in (*taken.path_params, *taken.query_params, *taken.body_params):
        yield each.name, each.field_info


def _schema(field: FieldInfo) -> Any:
    taken: Any = Annotated[field.annotation, field]
    return TypeAdapter(taken).core_schema


def _any_day(schema: Any) -> bool:
    """Whether a schema holds a day or an hour without both bounds, at whatever depth."""
    match schema:
        case {"type": "date" | "datetime"}:
            return not ({"ge", "gt"} & schema.keys() and {"le", "lt"} & schema.keys())
        case dict():
            return any(_any_day(each) for name, each in schema.items() if name not in ("metadata", "serialization"))
        case list() | tuple():
            return any(map(_any_day, schema))
        case _:
            return False


def test_every_day_that_a_request_names_is_bounded() -> None:
    assert unbounded((*PARTS.routers, *PARTS.public_routers)) == []


class AnyDay(BaseModel):
    """A body with a day that nothing bounds, deep inside."""

    dates: tuple[dict[str, date | None], ...]


class SomeDay(BaseModel):
    """One whose days are bounded."""

    on: Day | None = None
    hours: tuple[At, ...] = ()


@pytest.mark.parametrize(
    ("body", "day", "found"), [(AnyDay, Day, ["body"]), (SomeDay, date, ["on"]), (SomeDay, Day, [])]
)
def test_a_day_without_bounds_is_found(body: Any, day: Any, found: list[str]) -> None:
    router = APIRouter()

    @router.post("/x")
    async def x(body: body, on: Annotated[day | None, Query()] = None) -> None: ...

    assert unbounded((router,)) == [f"POST /x: {name}" for name in found]
