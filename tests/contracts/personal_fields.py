"""Every field of an event, announcement or read model, down to those of its parts, with what it is made of."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from pydantic import BaseModel

from pep_kernel.sealed import Sealed


@dataclass(frozen=True, order=True)
class Field:
    """`SchoolListed.name`, and the type of one value of it."""

    owner: str
    name: str
    kind: type

    @property
    def place(self) -> str:
        return f"{self.owner}.{self.name}"

    @property
    def is_sealed(self) -> bool:
        return issubclass(self.kind, Sealed)


def fields_of(kind: type) -> Iterator[Field]:
    """Its fields and those of its parts; what comes from a closed list (an enum, literals) is left out."""
    for name, hint in get_type_hints(kind).items():
        if name in _names(kind):
            yield from _values(kind.__name__, name, hint)


def _names(kind: type) -> tuple[str, ...]:
    if issubclass(kind, msgspec.Struct):
        return kind.__struct_fields__
    if issubclass(kind, BaseModel):
        return tuple(kind.model_fields)
    return tuple(kind.__dataclass_fields__)  # type: ignore[attr-defined]  # the third kind of those with fields


def _values(owner: str, name: str, hint: Any) -> Iterator[Field]:
    origin = get_origin(hint)
    if origin is Literal or hint in (types.NoneType, Ellipsis):
        return
    if origin is Annotated:
        yield from _values(owner, name, get_args(hint)[0])
    elif origin is not None:
        for each in get_args(hint):
            yield from _values(owner, name, each)
    elif _is_made_of_fields(hint):
        yield from fields_of(hint)
    elif not issubclass(hint, Enum):
        yield Field(owner, name, hint)


def _is_made_of_fields(hint: type) -> bool:
    return issubclass(hint, msgspec.Struct | BaseModel) or dataclasses.is_dataclass(hint)
