"""The core decides and folds by what it is given: it asks neither clock nor chance, and reads and writes nothing.

In all other code one module reads the clock, and chance is asked only where a guess must fail or a wait must differ.
"""

from pathlib import Path

import pytest
from tests.architecture.python_files import ROOT, Use, plant, python_files, uses

PURE = ("services/*/src/*/domain", "services/*/src/*/policies", "services/*/src/*/projections", "shared/kernel/src")
CODE = ("services/*/src", "shared/cli/src", "shared/runtime/src")
CLOCK = (
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    *(f"time.{name}" for name in ("time", "time_ns", "localtime", "gmtime", "ctime", "asctime", "strftime")),
)
CHANCE = ("random", "secrets", "os.urandom", "os.getrandom", "uuid.uuid1", "uuid.uuid4")
OUTSIDE = (
    *(
        "asyncio",
        "importlib",
        "io.open",
        "io.FileIO",
        "logging",
        "os",
        "shutil",
        "socket",
        "subprocess",
        "tempfile",
        "threading",
        "time",
    ),
    *(f"builtins.{name}" for name in ("open", "input", "print", "exec", "eval", "__import__")),
    *(f"*.{name}()" for name in ("now", "utcnow", "today", "open", "read_text", "read_bytes", "write_text")),
    *(f"*.{name}()" for name in ("write_bytes", "iterdir", "glob", "rglob", "mkdir", "unlink", "exists", "stat")),
)
RUNTIME = "shared/runtime/src/pep_runtime"
EXCEPTIONS = {
    (f"{RUNTIME}/clock.py", "datetime.datetime.now"): "the reader of the clock",
    (f"{RUNTIME}/database.py", "secrets"): "passwords of logins",
    (f"{RUNTIME}/kafka_users.py", "secrets"): "passwords of Kafka's users",
    (f"{RUNTIME}/kafka_users.py", "os.urandom"): "the salt of each password",
    (f"{RUNTIME}/code_flow.py", "secrets"): "state, nonce and verifier of a sign-in must not be guessed",
    (f"{RUNTIME}/sealing.py", "os.urandom"): "a nonce for each sealed value",
    (f"{RUNTIME}/transit_keys.py", "os.urandom"): "the secret of an authority's references",
    (f"{RUNTIME}/transit_keys.py", "random"): "those who failed together try again at different times",
    (f"{RUNTIME}/access_journal.py", "uuid.uuid4"): "a look is one of its kind",
    (f"{RUNTIME}/http.py", "uuid.uuid4"): "a request without an Idempotency-Key is one of its kind",
    (f"{RUNTIME}/http.py", "secrets"): "a secret address must not be guessed",
    (f"{RUNTIME}/doorway.py", "uuid.uuid4"): "what a mistake of ours is called in the log",
    (f"{RUNTIME}/handler.py", "random"): "those who collided try again at different times",
    (f"{RUNTIME}/tasks.py", "random"): "those who failed together try again at different times",
    (f"{RUNTIME}/runner.py", "random"): "those who failed together try again at different times",
    (f"{RUNTIME}/runner.py", "secrets"): "which process owns a partition",
    (
        "services/scheduling/src/scheduling/entrypoints/simulate_command.py",
        "random",
    ): "fictional lives, by a seed that is printed",
    (
        "services/notifications/src/notifications/entrypoints/patience.py",
        "random",
    ): "those who failed together try again at different times",
    (f"{RUNTIME}/relay.py", "secrets"): "which process holds a lease",
    (f"{RUNTIME}/heartbeat.py", "secrets"): "which process says that it runs",
}


def asked_by_the_core(root: Path) -> list[Use]:
    return uses(root, python_files(root, *PURE), (*CLOCK, *CHANCE, *OUTSIDE))


def asked_elsewhere(root: Path) -> list[Use]:
    return uses(root, python_files(root, *CODE), (*CLOCK, *CHANCE))


def excused(use: Use) -> tuple[str, str] | None:
    return next((each for each in EXCEPTIONS if each[0] == use.file and f"{use.name}.".startswith(f"{each[1]}.")), None)


def test_the_core_asks_neither_clock_nor_chance_nor_the_world() -> None:
    assert asked_by_the_core(ROOT) == []


def test_only_the_clock_reads_the_clock_and_chance_has_its_few_places() -> None:
    assert [use for use in asked_elsewhere(ROOT) if excused(use) is None] == []


def test_every_exception_is_still_needed() -> None:
    assert set(EXCEPTIONS) - {excused(use) for use in asked_elsewhere(ROOT)} == set()


@pytest.mark.parametrize(
    "offence",
    [
        "from datetime import date as day\n\ndef due():\n    return day.today()\n",
        "import datetime as dt\n\nNOW = dt.datetime.now\n",
        "from datetime import datetime\n\nclock = datetime\nread = clock.utcnow\n",
        "from uuid import uuid4 as next_id\n",
        "import random as dice\n",
        "from os import environ\n",
        "import os.path\n",
        "def rules(path):\n    return open(path).read()\n",
        "def rules(path):\n    return path.read_text()\n",
        "def due(child):\n    return type(child.born).today()\n",
        "from time import monotonic\n",
        "def shown(plan):\n    print(plan)\n",
    ],
)
@pytest.mark.parametrize(
    "place",
    [
        "services/pep-record/src/pep_record/domain/plan/decider.py",
        "services/funding/src/funding/policies/request.py",
        "services/scheduling/src/scheduling/projections/due_date.py",
        "shared/kernel/src/pep_kernel/calendars.py",
    ],
)
def test_a_core_that_asks_is_found(tmp_path: Path, place: str, offence: str) -> None:
    assert asked_by_the_core(plant(tmp_path, place, offence)) != []


@pytest.mark.parametrize(
    "offence",
    [
        "import datetime as dt\n\ndef late(due):\n    return dt.date.today() > due\n",
        "from time import time as seconds\n",
        "import time as clock\n\nSTARTED = clock.time_ns()\n",
        "import uuid as ids\n\ndef new_id():\n    return ids.uuid4()\n",
        "from os import urandom\n",
    ],
)
@pytest.mark.parametrize("place", ["services/funding/src/funding/entrypoints/claims.py", f"{RUNTIME}/projector.py"])
def test_another_reader_of_clock_or_chance_is_found(tmp_path: Path, place: str, offence: str) -> None:
    found = asked_elsewhere(plant(tmp_path, place, offence))
    assert found != []
    assert [excused(use) for use in found] == [None] * len(found)


def test_waiting_by_a_stop_watch_is_no_offence(tmp_path: Path) -> None:
    patient = "import time\n\ndef patience():\n    return time.monotonic() + 5\n"
    assert asked_elsewhere(plant(tmp_path, f"{RUNTIME}/runner.py", patient)) == []
