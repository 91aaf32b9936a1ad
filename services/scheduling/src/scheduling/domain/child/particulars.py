"""Who a child is, each particular by itself, and what two records of one child would share."""

from __future__ import annotations

from typing import Literal, get_args

Particular = Literal[
    "date_of_birth",
    "sex",
    "given_name",
    "family_name",
    "preferred_name",
    "language",
    "upn",
    "unaccompanied",
]
MayBeTakenBack = Literal["given_name", "family_name", "preferred_name", "language", "upn", "unaccompanied"]
"""What may turn out not to be so with nothing in its place. A child has some date of birth."""

PARTICULARS: tuple[Particular, ...] = get_args(Particular)
NAME_AND_BIRTH = "name and date of birth"
OF_NAME_AND_BIRTH: tuple[Particular, ...] = ("given_name", "family_name", "date_of_birth")
SHARED = ("upn", NAME_AND_BIRTH)
"""Two records of one child have the same keyed hash of one of these."""
