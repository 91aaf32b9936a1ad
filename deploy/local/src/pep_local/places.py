"""Where things lie on this machine: the checkout, the folder for everything that runs, and ports nobody uses."""

import os
import random
import shutil
import socket
from itertools import islice
from pathlib import Path

from pep_local.trouble import Trouble

ROOT = Path(__file__).resolve().parents[4]
LOOPBACK = "127.0.0.1"
FIRST_PORT = 28_000
DISK_BYTES_NEEDED = 1_000_000_000


def state_folder() -> Path:
    """The folder of everything that runs from this checkout, `.state` unless PEP_STATE_DIR names another."""
    return Path(os.environ.get("PEP_STATE_DIR", ROOT / ".state")).resolve()


def first_port() -> int:
    """The first of the fixed ports of `make up` and `make demo`."""
    wanted = os.environ.get("PEP_FIRST_PORT", str(FIRST_PORT))
    if not wanted.isdecimal() or not 1024 <= int(wanted) <= 65_000:
        raise Trouble(f"PEP_FIRST_PORT is {wanted!r}: give a number from 1024 to 65000.")
    return int(wanted)


def is_taken(port: int) -> bool:
    """Whether another process listens on the port of this machine."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port just given up is free
        try:
            listener.bind((LOOPBACK, port))
        except OSError:
            return True
        return False


def free_ports(count: int) -> list[int]:
    """Different ports that nobody uses, from below the range that the system gives to outgoing connections."""
    candidates = random.SystemRandom().sample(range(15_000, 27_000), k=4_000)
    found = list(islice((port for port in candidates if not is_taken(port)), count))
    if len(found) < count:
        raise Trouble("No free ports are left between 15000 and 27000: stop something that listens there.")
    return found


def make_folder(folder: Path) -> Path:
    """Make the folder, after making sure that there is room for what will be written there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Trouble(f"Cannot make the folder {folder} ({error.strerror}): set PEP_STATE_DIR to another.") from error
    free_bytes = shutil.disk_usage(folder).free
    if free_bytes < DISK_BYTES_NEEDED:
        raise Trouble(f"Only {free_bytes // 1_000_000} MB are free at {folder}: make room, or set PEP_STATE_DIR.")
    return folder
