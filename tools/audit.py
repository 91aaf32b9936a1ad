"""`make audit`: known faults of what we depend on, its licences, and the bill of materials in build/.

Ends with 1 if a fault is known or a licence is not allowed, and with 2 if nobody could be asked about a package: no
answer is not the answer that all is well.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from tools.bill_of_materials import bill_of_materials
from tools.licences import not_allowed
from tools.locked import LOCK, ROOT, pinned

from pep_local.kafka import libraries

FOUND, NOT_ASKED = 1, 2
SECONDS_AT_MOST = 600


@dataclass(frozen=True)
class Faults:
    """What is known of the packages, and the packages of which nobody would say anything."""

    known: tuple[str, ...]
    unanswered: tuple[str, ...]


def ask_about_faults() -> Faults:
    """Asks the package index about every package of the lock file."""
    command = (sys.executable, "-m", "pip_audit", "--vulnerability-service", "pypi", "--requirement", str(LOCK))
    how = ("--disable-pip", "--require-hashes", "--format", "json", "--progress-spinner", "off", "--timeout", "10")
    said = subprocess.run((*command, *how), capture_output=True, text=True, timeout=SECONDS_AT_MOST, cwd=ROOT)
    try:
        return understood(json.loads(said.stdout))
    except ValueError:
        return Faults((), (f"all: {(said.stderr.strip().splitlines() or ['no answer'])[-1]}",))


def understood(answer: dict[str, Any]) -> Faults:
    """The auditor's answer: a package that it left out counts as unanswered."""
    known = tuple(
        f"{each['name']} {each['version']}: {fault['id']}, mended in {', '.join(fault['fix_versions']) or 'no version'}"
        for each in answer["dependencies"]
        for fault in each.get("vulns", ())
    )
    return Faults(known, tuple(each["name"] for each in answer["dependencies"] if "skip_reason" in each))


def code_of(faults: Faults, licences: list[str]) -> int:
    """How the audit ends."""
    if faults.known or licences:
        return FOUND
    return NOT_ASKED if faults.unanswered else 0


def main() -> None:
    packages = pinned()
    bill = ROOT / "build" / "sbom.cdx.json"
    bill.parent.mkdir(exist_ok=True)
    bill.write_text(bill_of_materials(packages, libraries().glob("*.jar")))
    print(f"{len(packages)} packages, {sum(each.runs for each in packages)} of them in production: {bill}")
    licences = list(not_allowed(packages))
    print("\n".join(f"Licence not allowed: {each}" for each in licences) or "Licences: all are allowed.")
    faults = ask_about_faults()
    print("\n".join(f"Known fault: {each}" for each in faults.known) or "Known faults: none was told of.")
    if faults.unanswered:
        print(f"NOT AUDITED: nobody answered about {len(faults.unanswered)} of {len(packages)} packages,")
        print(f"  such as {', '.join(faults.unanswered[:5])}. Ask again where the package index can be reached.")
    print("Kafka's jars are listed, and not audited: nobody is asked about them.")
    sys.exit(code_of(faults, licences))


if __name__ == "__main__":
    main()
