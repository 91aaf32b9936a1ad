"""A personal value is sealed before it is written, and says nothing of itself until it is opened."""

from datetime import datetime

import pytest

from pep_kernel.sealed import (
    Contact,
    Identity,
    PlainPersonalData,
    PlanText,
    Redacted,
    Sealed,
    ThirdParty,
    decode_sealed,
    encode_sealed,
)

CLASSES = (Identity, PlanText, Contact, ThirdParty)
SECRET = "Robin Sample likes chess"


@pytest.mark.parametrize("kind", CLASSES)
def test_a_plain_value_cannot_be_written(kind: type[Sealed]) -> None:
    with pytest.raises(PlainPersonalData, match=f"{kind.__name__} must be sealed") as refused:
        encode_sealed(kind.of(SECRET))
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize("kind", CLASSES)
def test_a_sealed_value_comes_back_as_its_token(kind: type[Sealed]) -> None:
    sealed = kind(token="1.plan.example.token")
    assert decode_sealed(kind, encode_sealed(sealed)) == sealed


@pytest.mark.parametrize("kind", CLASSES)
def test_what_is_printed_or_logged_says_nothing(kind: type[Sealed]) -> None:
    assert SECRET not in repr(kind.of(SECRET))
    assert repr(kind.of(SECRET)) == f"{kind.__name__}(plain)"
    assert repr(kind(token=SECRET)) == f"{kind.__name__}(sealed)"


def test_nothing_known_is_nothing_sealed() -> None:
    assert Identity.optional(None) is None
    assert Identity.optional("Robin") == Identity.of("Robin")


def test_values_are_the_same_only_in_kind_text_and_seal() -> None:
    different = {Identity.of("a"), Identity.of("b"), Contact.of("a"), Identity(token="a"), Identity.of("a")}
    assert len(different) == 4
    assert Identity.of("a") != "a"


def test_each_kind_has_keys_of_its_own() -> None:
    assert {kind.data_class for kind in CLASSES} == {"identity", "plan", "contact", "third_party"}


def test_what_the_codec_does_not_know_is_neither_written_nor_read() -> None:
    with pytest.raises(NotImplementedError, match="set cannot be written"):
        encode_sealed({SECRET})
    with pytest.raises(NotImplementedError, match="set cannot be read"):
        decode_sealed(set, SECRET)


def test_a_destroyed_value_says_why_and_since_when() -> None:
    at = datetime.fromisoformat("2101-01-03T00:00:00+00:00")
    assert Redacted("retention has ended", at) == Redacted("retention has ended", at)
