"""R3, R4, R5: the journal equals its topics, streams are whole, read models are what a rebuild makes."""

from __future__ import annotations

import asyncio
from typing import get_args

from tests.faults.evidence import Evidence, Finding

from pep_runtime.rebuild import rebuild
from pep_runtime.topics import Chained
from pep_runtime.verify import Verifier


async def journals_equal_their_topics(evidence: Evidence) -> list[Finding]:
    """Chain, announcements and versions without a gap; every row in its topic, repeats dropped."""
    bootstrap = evidence.stack.kafka_bootstrap
    verdicts = await asyncio.gather(
        *(
            Verifier(evidence.stack.superuser_dsn(service), bootstrap, service, authority, log=log).verify()
            for service in evidence.databases
            for authority in evidence.authorities
            for log in get_args(Chained)
        )
    )
    return [Finding(f"{each.log} of {each.service} of {each.authority}", each.fault) for each in verdicts if each.fault]


async def read_models_equal_a_rebuild(evidence: Evidence) -> list[Finding]:
    """Folded from empty, at the same position, by checksum."""
    found = []
    for service, parts in evidence.parts.items():
        dsn = evidence.town.installed.environments[service]["PEP_POSTGRES_WORKER_DSN"]
        rebuilt = await asyncio.gather(
            *(
                rebuild(dsn, model, evidence.types(service), authority, swap=False)
                for authority in evidence.authorities
                for model in parts.read_models
            )
        )
        for each in rebuilt:
            if each.verdict != "same":
                said = f"{each.model} at {each.position}: {each.verdict} from what the journal makes"
                found.append(Finding(f"{service} of {each.authority}", said))
    return found


async def journey_copied_everything(evidence: Evidence) -> list[Finding]:
    """The auditor's copies are the journals, byte for byte by their hashes."""
    found = []
    for service in evidence.databases:
        for authority in evidence.authorities:
            theirs = await evidence.databases["journey"].fetch(_COPIES, authority, service)
            ours = await evidence.databases[service].fetch(_HASHES, authority)
            if theirs and theirs != ours:
                found.append(Finding(f"journey of {authority}", f"{len(theirs)} copies of {service}, not {len(ours)}"))
    return found


_COPIES = "select position, hash from copy where authority = $1 and service = $2 order by position"
_HASHES = "select position, hash from journal where authority = $1 order by position"
