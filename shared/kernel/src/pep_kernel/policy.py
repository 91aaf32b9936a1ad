"""Whenever somebody announces …, then we …: the shape of a policy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pep_kernel.announcement import Announcement, Said
from pep_kernel.decider import Act

Policy = Callable[[Said[Any], Any], Act | None]
"""`policy(said, rules)`: one announcement, the authority's rules for this service → one act of ours, or nothing."""

Policies = Mapping[type[Announcement], Policy]
