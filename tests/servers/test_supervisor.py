"""Servers are started together, watched, and all stopped, however the command that runs them ends."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from pep_local import pid_files
from pep_local.places import free_ports
from pep_local.process import Process, http_answers, tcp_answers
from pep_local.supervisor import Supervisor
from pep_local.trouble import Trouble

WEB_SERVER = (sys.executable, "-m", "http.server", "--bind", "127.0.0.1")
KEEPER = """
import sys
from pathlib import Path
from pep_local.process import Process, tcp_answers
from pep_local.supervisor import Supervisor

folder, ports = Path(sys.argv[1]), [int(port) for port in sys.argv[2:]]
command = (sys.executable, "-m", "http.server", "--bind", "127.0.0.1")
with Supervisor(folder) as supervisor:
    supervisor.start([Process(f"Web {p}", (*command, str(p)), folder / "log", tcp_answers(p), (p,)) for p in ports])
    print("started", flush=True)
    supervisor.wait()
"""


def web_server(folder: Path, port: int) -> Process:
    return Process(f"Web {port}", (*WEB_SERVER, str(port)), folder / "log", tcp_answers(port), (port,))


@pytest.fixture(autouse=True)
def signals_as_before() -> Iterator[None]:
    """A supervisor takes the signals over for the rest of its command; here the tests go on."""
    wanted = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(one) for one in wanted]
    yield
    for one, handler in zip(wanted, before, strict=True):
        signal.signal(one, handler)


@pytest.fixture
def keeper(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """A command of its own that keeps web servers on the ports running."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*ports: int) -> subprocess.Popen[bytes]:
        command = (sys.executable, "-c", KEEPER, str(tmp_path), *map(str, ports))
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == b"started\n"
        return process

    yield start
    pid_files.stop_all(tmp_path / "pids")
    for process in started:
        process.communicate()


def test_servers_answer_while_it_runs_and_are_gone_afterwards(tmp_path: Path) -> None:
    first, second = free_ports(2)
    with Supervisor(tmp_path) as supervisor:
        supervisor.start([web_server(tmp_path, first), web_server(tmp_path, second)])
        assert http_answers(f"http://127.0.0.1:{first}/")()
        assert http_answers(f"http://127.0.0.1:{second}/")()
    assert not tcp_answers(first)()
    assert not tcp_answers(second)()
    assert pid_files.running(tmp_path / "pids") == []


def test_a_taken_port_is_told_in_one_sentence_and_nothing_stays(tmp_path: Path) -> None:
    free, taken = free_ports(2)
    with (
        socket.create_server(("127.0.0.1", taken)),
        pytest.raises(Trouble) as trouble,
        Supervisor(tmp_path) as supervisor,
    ):
        supervisor.start([web_server(tmp_path, free), web_server(tmp_path, taken)])
    assert str(trouble.value) == (
        f"Port {taken}, which Web {taken} needs, is in use: stop what listens there,"
        " or choose other ports with PEP_FIRST_PORT, for example PEP_FIRST_PORT=30000."
    )
    assert not tcp_answers(free)()


def test_a_server_that_ends_at_once_names_its_log(tmp_path: Path) -> None:
    process = Process("Broken", (sys.executable, "-c", "raise SystemExit(7)"), tmp_path / "log", lambda: False)
    with (
        pytest.raises(Trouble, match=r"Broken ended unexpectedly with code 7: see .*/log\."),
        Supervisor(tmp_path) as it,
    ):
        it.start([process])


def test_a_server_that_stays_silent_is_given_up(tmp_path: Path) -> None:
    command = (sys.executable, "-c", "import signal; signal.pause()")
    process = Process("Silent", command, tmp_path / "log", lambda: False, start_seconds=0.2)
    with pytest.raises(Trouble, match=r"Silent gave no answer in 0 s"), Supervisor(tmp_path) as supervisor:
        supervisor.start([process])
    assert pid_files.running(tmp_path / "pids") == []


def test_a_missing_program_is_named(tmp_path: Path) -> None:
    process = Process("Ghost", ("no-such-program",), tmp_path / "log", lambda: False)
    with pytest.raises(Trouble, match="Ghost needs no-such-program"), Supervisor(tmp_path) as supervisor:
        supervisor.start([process])


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_no_server_is_left_after_a_signal(
    how: signal.Signals, keeper: Callable[..., subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    first, second = free_ports(2)
    process = keeper(first, second)
    process.send_signal(how)
    process.wait(timeout=20)
    assert process.returncode != 0
    assert not tcp_answers(first)()
    assert not tcp_answers(second)()
    assert pid_files.running(tmp_path / "pids") == []


def test_the_end_of_one_server_ends_the_others(keeper: Callable[..., subprocess.Popen[bytes]]) -> None:
    first, second = free_ports(2)
    process = keeper(first, second)
    victim = next(child for child in psutil.Process(process.pid).children() if str(first) in child.cmdline())
    victim.kill()
    process.wait(timeout=20)
    assert process.returncode != 0
    assert not tcp_answers(second)()


def test_another_shell_stops_them(keeper: Callable[..., subprocess.Popen[bytes]], tmp_path: Path) -> None:
    (port,) = free_ports(1)
    process = keeper(port)
    assert "the command that keeps them" in pid_files.stop_all(tmp_path / "pids")
    process.wait(timeout=20)
    assert not tcp_answers(port)()


def test_servers_whose_keeper_was_killed_are_found_and_stopped(
    keeper: Callable[..., subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    (port,) = free_ports(1)
    process = keeper(port)
    process.kill()
    process.wait(timeout=20)
    with (
        pytest.raises(Trouble, match=f"Already running from .*: Web {port}. `make down` stops them."),
        Supervisor(tmp_path),
    ):
        pass
    assert pid_files.stop_all(tmp_path / "pids") == [f"Web {port}"]
    assert not tcp_answers(port)()


def test_a_number_that_was_given_to_another_process_is_left_alone(tmp_path: Path) -> None:
    path = pid_files.write(tmp_path, "001", "Long gone", os.getpid(), signal.SIGKILL)
    path.write_text(path.read_text().replace(str(int(psutil.Process().create_time())), "1000000000"))
    assert pid_files.stop_all(tmp_path) == []
