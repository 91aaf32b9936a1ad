"""Each service signs with a key of its own: its tokens are for one service and one minute; nobody else makes them."""

from __future__ import annotations

import json
import stat
import time
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey
from tests.integration.installed import service_key

from pep_runtime.service_tokens import SERVICES_ISSUER, ServiceTokens, make_service_key, old_keys, retire_old_keys
from pep_runtime.tokens import NotSignedIn, Unchecked


def service(name: str, folder: Path) -> ServiceTokens:
    return ServiceTokens(name, service_key(name, folder), folder / "service-keys")


def refused(door: ServiceTokens, token: str) -> str:
    with pytest.raises(NotSignedIn) as refusal:
        door.check(Unchecked.read(token))
    return str(refusal.value)


def private_key(folder: Path, name: str) -> OKPKey:
    return OKPKey.import_key(json.loads(service_key(name, folder).read_text()))


def signed(key: OKPKey, **other: Any) -> str:
    now = int(time.time())
    claims: dict[str, Any] = {"iss": SERVICES_ISSUER, "sub": "funding", "aud": "journey", "authority": "northshire"}
    claims |= {"iat": now, "exp": now + 60, **other}
    said = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode({"alg": "Ed25519", "kid": key.kid}, said, key, algorithms=["Ed25519"])


def test_a_token_of_a_service_is_for_one_service_and_names_its_authority(tmp_path: Path) -> None:
    service_key("journey", tmp_path)
    funding = service("funding", tmp_path)
    token = funding.token("journey", "northshire")
    assert service("journey", tmp_path).check(Unchecked.read(token)) == ("northshire", "funding")
    assert "aud" in refused(funding, token)


def test_one_service_cannot_pose_as_another(tmp_path: Path) -> None:
    leaked = private_key(tmp_path, "notifications")
    service_key("funding", tmp_path)
    journey = service("journey", tmp_path)
    assert journey.check(Unchecked.read(signed(leaked, sub="notifications"))) == ("northshire", "notifications")
    assert "not known here" in refused(journey, signed(leaked))
    other = json.loads(service_key("notifications", tmp_path).read_text())
    renamed = OKPKey.import_key(other | {"kid": private_key(tmp_path, "funding").kid})
    assert "signature" in refused(journey, signed(renamed))


def test_a_service_that_nobody_installed_is_not_known(tmp_path: Path) -> None:
    key = private_key(tmp_path, "funding")
    assert "not known here" in refused(service("journey", tmp_path), signed(key, sub="../funding"))


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"exp": int(time.time()) + 3600}, "60 seconds at most"),
        ({"exp": int(time.time()) - 60, "iat": int(time.time()) - 120}, "expired"),
        ({"aud": ["journey", "funding"]}, "for others too"),
        ({"authority": None}, "not a token of the kind"),
        ({"authority": ["northshire"]}, "not a token of the kind"),
        ({"sub": None}, "not a token of the kind"),
        ({"iss": "https://sign-in.example.org"}, "iss"),
    ],
    ids=range(7),
)
def test_what_a_service_says_must_fit(tmp_path: Path, claims: dict[str, object], said: str) -> None:
    key = private_key(tmp_path, "funding")
    assert said in refused(service("journey", tmp_path), signed(key, **claims))


def test_the_public_half_is_no_shared_secret(tmp_path: Path) -> None:
    key = private_key(tmp_path, "funding")
    shared = OctKey.import_key(str(key.as_dict(private=False)["x"]) * 2)
    now = int(time.time())
    claims = {"iss": SERVICES_ISSUER, "sub": "funding", "aud": "journey", "authority": "northshire"}
    token = jwt.encode({"alg": "HS256", "kid": key.kid}, claims | {"iat": now, "exp": now + 60}, shared)
    assert "not taken" in refused(service("journey", tmp_path), token)


def test_old_and_new_key_hold_side_by_side_until_the_old_one_is_retired(tmp_path: Path) -> None:
    public, new = tmp_path / "service-keys", tmp_path / "new.json"
    old = signed(private_key(tmp_path, "funding"))
    make_service_key("funding", new, public)
    both = service("journey", tmp_path)
    fresh = ServiceTokens("funding", new, public).token("journey", "northshire")
    assert both.check(Unchecked.read(old)) == both.check(Unchecked.read(fresh)) == ("northshire", "funding")
    assert old_keys("funding", new, public) == [private_key(tmp_path, "funding").kid]
    retire_old_keys("funding", new, public)
    after = service("journey", tmp_path)
    assert after.check(Unchecked.read(fresh)) == ("northshire", "funding")
    assert "not known here" in refused(after, old)


def test_nothing_is_retired_for_a_key_that_the_others_do_not_know(tmp_path: Path) -> None:
    service_key("funding", tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    make_service_key("funding", tmp_path / "stray.json", elsewhere)
    with pytest.raises(ValueError, match="nothing is taken out"):
        retire_old_keys("funding", tmp_path / "stray.json", tmp_path / "service-keys")
    assert service("funding", tmp_path).token("journey", "northshire")


def test_a_private_key_is_for_its_owner_alone_and_never_written_over(tmp_path: Path) -> None:
    file = service_key("funding", tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert '"d"' not in (tmp_path / "service-keys" / "funding.json").read_text()
    before = file.read_text()
    with pytest.raises(FileExistsError):
        make_service_key("funding", file, tmp_path / "service-keys")
    assert file.read_text() == before


def test_a_service_without_its_key_says_which_file_is_wrong(tmp_path: Path) -> None:
    public = tmp_path / "service-keys"
    service_key("funding", tmp_path)
    wrong = tmp_path / "wrong.json"
    for content in ("", "[]", "{}", json.dumps(private_key(tmp_path, "funding").as_dict(private=False))):
        wrong.write_text(content)
        with pytest.raises(ValueError, match=r"wrong\.json"):
            ServiceTokens("funding", wrong, public)
    (public / "funding.json").write_text("{}")
    with pytest.raises(ValueError, match=r"funding\.json"):
        ServiceTokens("funding", tmp_path / "funding.service-key.json", public)
