"""Requests to Kafka that its client library has no words for: passwords by SCRAM, and setting quotas.

The shapes are those of Kafka's own message definitions (AlterUserScramCredentials, DescribeUserScramCredentials,
AlterClientQuotas), each in its first version.
"""

from __future__ import annotations

from typing import Any, TypeVar

from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import (
    Array,
    Boolean,
    CompactArray,
    CompactBytes,
    CompactString,
    Float64,
    Int8,
    Int16,
    Int32,
    Schema,
    String,
    TaggedFields,
)

Shape = TypeVar("Shape", bound=RequestStruct)
_TEXT, _WORD, _TAGS = String("utf-8"), CompactString("utf-8"), ("tags", TaggedFields)
_ENTITY = ("entity", Array(("entity_type", _TEXT), ("entity_name", _TEXT)))


class _AsItStands(Request[Shape]):  # type: ignore[misc]  # aiokafka has no types
    """A request in the one version that is known here; its fields are given in their order."""

    API_KEY = -1

    def __init__(self, *fields: Any) -> None:
        self._fields = fields

    def build(self, request_struct_class: type[Shape]) -> Shape:
        built: Shape = request_struct_class(*self._fields)
        return built


class _AlterScramAnswer(Response):  # type: ignore[misc]  # aiokafka has no types
    API_KEY, API_VERSION = 51, 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        ("results", CompactArray(("user", _WORD), ("error_code", Int16), ("error_message", _WORD), _TAGS)),
        _TAGS,
    )


class _AlterScram(RequestStruct):  # type: ignore[misc]  # aiokafka has no types
    API_KEY, API_VERSION, FLEXIBLE_VERSION, RESPONSE_TYPE = 51, 0, True, _AlterScramAnswer
    SCHEMA = Schema(
        ("deletions", CompactArray(("name", _WORD), ("mechanism", Int8), _TAGS)),
        (
            "upsertions",
            CompactArray(
                ("name", _WORD),
                ("mechanism", Int8),
                ("iterations", Int32),
                ("salt", CompactBytes),
                ("salted_password", CompactBytes),
                _TAGS,
            ),
        ),
        _TAGS,
    )


class AlterScram(_AsItStands[_AlterScram]):
    """Users' passwords: deletions (name, mechanism, {}), upsertions (…, iterations, salt, salted password, {}), {}."""

    API_KEY = 51


class _DescribeScramAnswer(Response):  # type: ignore[misc]  # aiokafka has no types
    API_KEY, API_VERSION = 50, 0
    _KNOWN = ("credentials", CompactArray(("mechanism", Int8), ("iterations", Int32), _TAGS))
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        ("error_code", Int16),
        ("error_message", _WORD),
        ("results", CompactArray(("user", _WORD), ("error_code", Int16), ("error_message", _WORD), _KNOWN, _TAGS)),
        _TAGS,
    )


class _DescribeScram(RequestStruct):  # type: ignore[misc]  # aiokafka has no types
    API_KEY, API_VERSION, FLEXIBLE_VERSION, RESPONSE_TYPE = 50, 0, True, _DescribeScramAnswer
    SCHEMA = Schema(("users", CompactArray(("name", _WORD), _TAGS)), _TAGS)


class DescribeScram(_AsItStands[_DescribeScram]):
    """Who has a password: users [(name, {})], or None for all; {}."""

    API_KEY = 50


class _AlterQuotasAnswer(Response):  # type: ignore[misc]  # aiokafka has no types
    API_KEY, API_VERSION = 49, 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32), ("entries", Array(("error_code", Int16), ("error_message", _TEXT), _ENTITY))
    )


class _AlterQuotas(RequestStruct):  # type: ignore[misc]  # aiokafka has no types
    API_KEY, API_VERSION, RESPONSE_TYPE = 49, 0, _AlterQuotasAnswer
    SCHEMA = Schema(
        ("entries", Array(_ENTITY, ("ops", Array(("key", _TEXT), ("value", Float64), ("remove", Boolean))))),
        ("validate_only", Boolean),
    )


class AlterQuotas(_AsItStands[_AlterQuotas]):
    """Quotas: entries [([(entity type, name)], [(key, value, remove)])], validate only."""

    API_KEY = 49
