"""Real servers for the tests that ask for them: PostgreSQL and Kafka, started by the first test that needs one.

Under pytest-xdist each worker is a process of its own: they agree by a lock in the run's folder. The servers live while
someone holds the write end of a named pipe; the process that runs pytest does, so they end with it, however it ends.
"""

import fcntl
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import asyncpg
import psutil
import pytest
from hypothesis import settings

FOLDER = "PEP_TEST_SERVERS_FOLDER"
WITHOUT_SERVERS = "PEP_TEST_WITHOUT_SERVERS"  # set where only the tests run that need none
STOP_SECONDS = 60
# A busy machine is no failure, and the same cases are tried each time: what passed once passes again. To look for new
# ones: HYPOTHESIS_PROFILE=exploring.
settings.register_profile("unhurried", deadline=None, derandomize=True)
settings.register_profile("exploring", deadline=None)
# Whichever test loads a command first decides how wide its terminal is: none breaks a sentence that a test looks for.
os.environ["COLUMNS"] = "200"
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "unhurried"))
_lifeline = -1


def pytest_configure(config: pytest.Config) -> None:
    """The process that runs pytest, and not its workers, makes the folder and holds the pipe."""
    global _lifeline  # pytest has no place of its own for what lives from configure to unconfigure
    if hasattr(config, "workerinput"):
        return
    folder = Path(tempfile.mkdtemp(prefix="openpep-tests-"))
    os.mkfifo(folder / "lifeline")
    _lifeline = os.open(folder / "lifeline", os.O_RDWR)
    os.environ[FOLDER] = str(folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    """The servers remove the folder when they have stopped; without servers it is ours to remove."""
    if hasattr(config, "workerinput") or FOLDER not in os.environ:
        return
    folder = Path(os.environ.pop(FOLDER))
    pid = int((folder / "servers.pid").read_text()) if (folder / "servers.pid").exists() else None
    os.close(_lifeline)
    deadline = time.monotonic() + STOP_SECONDS
    while pid is not None and _runs(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    shutil.rmtree(folder, ignore_errors=True)


def _runs(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@pytest.fixture(scope="session")
def servers() -> dict[str, str]:
    """Addresses of PostgreSQL and Kafka: those that the environment names, else our own, started now if need be."""
    if WITHOUT_SERVERS in os.environ:
        pytest.fail("This test asks for servers: its place is in tests/integration.")
    if "PEP_TEST_POSTGRES_DSN" not in os.environ or "PEP_TEST_KAFKA_BOOTSTRAP" not in os.environ:
        found = _addresses(Path(os.environ[FOLDER]))
        os.environ.setdefault("PEP_TEST_POSTGRES_DSN", found["postgres_dsn"])
        os.environ.setdefault("PEP_TEST_KAFKA_BOOTSTRAP", found["kafka_bootstrap"])
    return {"postgres_dsn": os.environ["PEP_TEST_POSTGRES_DSN"], "kafka": os.environ["PEP_TEST_KAFKA_BOOTSTRAP"]}


@pytest.fixture(scope="session")
def postgres_dsn(servers: dict[str, str]) -> str:
    """The superuser's address of the database `postgres`; its durability is off."""
    return servers["postgres_dsn"]


@pytest.fixture(scope="session")
def kafka_bootstrap(servers: dict[str, str]) -> str:
    return servers["kafka"]


@pytest.fixture(scope="session")
def unique_name() -> Callable[[str], str]:
    """Names for topics, databases and groups that no other test of this or another run has."""
    return lambda prefix: f"{prefix}_{secrets.token_hex(6)}"


FreshDatabase = Callable[..., Awaitable[str]]


@pytest.fixture
async def fresh_database(postgres_dsn: str, unique_name: Callable[[str], str]) -> AsyncIterator[FreshDatabase]:
    """`await fresh_database()` makes a database, a copy of `template` where named: its address for the superuser."""
    made: list[str] = []

    async def fresh(template: str = "template0") -> str:
        made.append(unique_name("test"))
        await _execute(postgres_dsn, f'create database "{made[-1]}" template "{template}" strategy file_copy')
        return f"{postgres_dsn.rpartition('/')[0]}/{made[-1]}"

    yield fresh
    for name in made:
        await _execute(postgres_dsn, f'drop database if exists "{name}" with (force)')


async def _execute(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _addresses(folder: Path) -> dict[str, str]:
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "addresses.json").exists():
            _start(folder)
        found: dict[str, str] = json.loads((folder / "addresses.json").read_text())
        return found


def _start(folder: Path) -> None:
    """Wait for the line that the command writes when the servers answer; one that fails has said why in its log."""
    command = [sys.executable, "-m", "pep_local", "servers", f"--folder={folder}", f"--lifeline={folder / 'lifeline'}"]
    log = folder / "start.log"
    with log.open("wb") as said:
        running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, start_new_session=True)
    (folder / "servers.pid").write_text(str(running.pid))
    assert running.stdout is not None
    answered = running.stdout.readline()
    running.stdout.close()
    running.returncode = 0  # nobody here waits for it: it outlives this worker, and ends with the lifeline
    if not answered:
        pytest.exit(f"The servers did not start: {log.read_text()}", returncode=3)
