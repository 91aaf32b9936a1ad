"""Personal data in events and read models: written sealed, opened only when it is shown.

A decider wraps a plain value in one of the four classes; the runtime seals it before the event is stored. A plain value
cannot be written by mistake: the codec refuses it. Folds and rebuilds pass sealed values on and need no key.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal, Self

DataClass = Literal["identity", "plan", "contact", "third_party"]


class PlainPersonalData(TypeError):
    """A plain personal value was about to be written where only sealed values may stand."""


class Sealed:
    """One personal text: `plain` before it is sealed, `token` (the ciphertext and all that it is bound to) ever after.

    Not a dataclass: the codec would write one as it is, plain text and all.
    """

    __slots__ = ("plain", "token")
    data_class: ClassVar[DataClass]

    def __init__(self, *, plain: str | None = None, token: str | None = None) -> None:
        self.plain = plain
        self.token = token

    @classmethod
    def of(cls, text: str) -> Self:
        """A plain value, to be sealed when the event is appended."""
        return cls(plain=text)

    @classmethod
    def optional(cls, text: str | None) -> Self | None:
        """`of(text)`, or nothing where nothing is known."""
        return None if text is None else cls.of(text)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and (self.plain, self.token) == (other.plain, other.token)

    def __hash__(self) -> int:
        return hash((type(self), self.plain, self.token))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({'plain' if self.token is None else 'sealed'})"


class Identity(Sealed):
    """Who the child is: names, date of birth, numbers."""

    __slots__ = ()
    data_class = "identity"


class PlanText(Sealed):
    """What is said of the child's education, needs and views."""

    __slots__ = ()
    data_class = "plan"


class Contact(Sealed):
    """How somebody is reached: addresses, telephone numbers, joining links."""

    __slots__ = ()
    data_class = "contact"


class ThirdParty(Sealed):
    """Particulars of somebody other than the child: a worker's name, a relative's name."""

    __slots__ = ()
    data_class = "third_party"


@dataclass(frozen=True, slots=True)
class Redacted:
    """What is shown in place of a value whose keys were destroyed."""

    reason: str
    at: datetime


def encode_sealed(value: Any) -> str:
    """The codec's hook: the token of a sealed value. Raises `PlainPersonalData` for a plain one."""
    if isinstance(value, Sealed):
        if value.token is None:
            raise PlainPersonalData(f"{type(value).__name__} must be sealed before it is written.")
        return value.token
    raise NotImplementedError(f"{type(value).__name__} cannot be written.")


def decode_sealed(wanted: type, value: Any) -> Any:
    """The codec's hook: a sealed value from its token."""
    if issubclass(wanted, Sealed):
        return wanted(token=str(value))
    raise NotImplementedError(f"{wanted.__name__} cannot be read.")
