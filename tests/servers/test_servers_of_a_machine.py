"""The servers that `make up` and the demo start: sign-in, mail, and two sets of stores side by side."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from pep_local import mail
from pep_local.places import free_ports
from pep_local.process import Process, tcp_answers
from pep_local.signin import AUDIENCE, CLIENT_ID, COMMAND_ID, SignIn, User
from pep_local.stack import Stack
from pep_local.supervisor import Supervisor
from pep_local.trouble import Trouble
from pep_runtime.code_flow import Client, CodeFlow


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    wanted = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(one) for one in wanted]
    with Supervisor(tmp_path) as keeper:
        yield keeper
    for one, handler in zip(wanted, before, strict=True):
        signal.signal(one, handler)


def sign_in(tmp_path: Path, authority: str = "northshire") -> SignIn:
    (port,) = free_ports(1)
    return SignIn(tmp_path / "sign-in", authority, port)


def test_a_token_says_who_by_an_opaque_reference_and_for_whom(tmp_path: Path, supervisor: Supervisor) -> None:
    provider = sign_in(tmp_path)
    supervisor.start([provider.prepare([User("staff-7", "a long secret")])])
    keys = KeySet.import_key_set(httpx.get(f"{provider.issuer}/.well-known/jwks.json").json())
    token = jwt.decode(provider.token("staff-7", "a long secret"), keys, algorithms=["RS256"])
    claims = token.claims
    assert (claims["iss"], claims["sub"], claims["aud"]) == (provider.issuer, "staff-7", AUDIENCE)
    assert (claims["client_id"], claims["token_use"]) == (CLIENT_ID, "access")
    assert claims["exp"] - claims["iat"] == 3600
    assert "roles" not in claims
    assert token.header["kid"]


def test_someone_who_joins_later_signs_in_without_a_restart(tmp_path: Path, supervisor: Supervisor) -> None:
    provider = sign_in(tmp_path)
    supervisor.start([provider.prepare([User("staff-7", "first")])])
    with pytest.raises(Trouble, match="refused staff-8: unknown person or wrong password"):
        provider.token("staff-8", "second")
    provider.add_users([User("staff-8", "second")])
    assert provider.token("staff-8", "second")
    assert provider.token("staff-7", "first")


def test_a_wrong_password_and_a_stranger_to_its_management_are_refused(tmp_path: Path, supervisor: Supervisor) -> None:
    provider = sign_in(tmp_path)
    supervisor.start([provider.prepare([User("staff-7", "right")])])
    with pytest.raises(Trouble, match="wrong password"):
        provider.token("staff-7", "wrong")
    assert httpx.post(f"{provider.issuer}/api/users/staff-7/token").status_code == httpx.codes.UNAUTHORIZED


def test_each_authority_has_a_key_of_its_own(tmp_path: Path, supervisor: Supervisor) -> None:
    first, second = sign_in(tmp_path, "northshire"), sign_in(tmp_path, "southshire")
    supervisor.start([first.prepare([User("staff-1", "one")]), second.prepare([User("staff-1", "two")])])
    header = first.token("staff-1", "one").partition(".")[0]
    key_id = json.loads(urlsafe_b64decode(header + "=="))["kid"]
    others = httpx.get(f"{second.issuer}/.well-known/jwks.json").json()["keys"]
    assert key_id not in [key["kid"] for key in others]


def test_the_local_provider_refuses_anything_but_development(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEP_ENVIRONMENT", "production")
    with pytest.raises(Trouble, match="for development only"):
        SignIn(tmp_path, "northshire", 1)


async def test_a_person_signs_in_at_the_providers_own_page(tmp_path: Path, supervisor: Supervisor) -> None:
    provider = sign_in(tmp_path)
    supervisor.start([provider.prepare([User("staff-7", "a long secret")])])
    back = "http://127.0.0.1:45678/signed-in"  # any port: who listens there is known when the browser comes back
    async with httpx.AsyncClient(trust_env=False) as http:
        flow = CodeFlow(Client(issuer=provider.issuer, client_id=COMMAND_ID), "development", http)
        begun = await flow.begin(back)
        page = await http.get(begun.address)
        hidden = dict(re.findall(r'name="(transaction_id)" value="([^"]+)"', page.text))
        form = {"username": "staff-7", "password": "a long secret", **hidden}
        answer = await http.post(f"{provider.issuer}/authorize", data=form)
        signed_in = await flow.finish(begun, answer.headers["location"])
        published = await http.get(f"{provider.issuer}/.well-known/jwks.json")
    assert answer.headers["location"].startswith(f"{back}?")
    assert signed_in.subject == "staff-7"
    keys = KeySet.import_key_set(published.json())
    claims = jwt.decode(signed_in.access_token.get_secret_value(), keys, algorithms=["RS256"]).claims
    assert (claims["sub"], claims["aud"]) == ("staff-7", AUDIENCE)


async def test_mail_is_kept_by_recipient_and_shown_on_a_page(tmp_path: Path, supervisor: Supervisor) -> None:
    smtp_port, page_port = free_ports(2)
    supervisor.start([mail.prepare(tmp_path / "mail", smtp_port, page_port)])
    for recipient in ("first@example.org", "second@example.org"):
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "pep@example.org", recipient, "A <meeting>"
        message.set_content("Reference plan-1. £40 is approved.")
        await aiosmtplib.send(message, hostname="127.0.0.1", port=smtp_port)
    kept = mail.messages(tmp_path / "mail")
    assert [message[mail.RECIPIENTS] for message in kept] == ["first@example.org", "second@example.org"]
    assert kept[0].get_content().strip() == "Reference plan-1. £40 is approved."
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{page_port}") as page:
        assert "A &lt;meeting&gt;" in (await page.get("/")).text
        assert (await page.get("/../signin.py")).status_code == httpx.codes.NOT_FOUND


def test_two_sets_of_stores_run_side_by_side(tmp_path: Path, supervisor: Supervisor) -> None:
    stacks = [Stack.on_free_ports(tmp_path / name) for name in ("one", "two")]
    processes: list[Process] = [process for stack in stacks for process in stack.stores(fsync=False)]
    supervisor.start(processes)
    assert len({stack.postgres_dsn for stack in stacks}) == 2
    assert all(tcp_answers(port)() for process in processes for port in process.ports)


async def test_a_command_whose_ports_are_taken_says_so_in_one_sentence(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    listener = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", port)
    async with listener:
        command = (sys.executable, "-m", "pep_local", "up", f"--folder={tmp_path}")
        outcome = await asyncio.to_thread(
            subprocess.run, command, env={**os.environ, "PEP_FIRST_PORT": str(port)}, capture_output=True, text=True
        )
    assert outcome.returncode == 1
    assert outcome.stderr.startswith(f"Port {port}, which PostgreSQL needs, is in use")
    assert len(outcome.stderr.splitlines()) == 1
