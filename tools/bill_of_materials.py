"""What OpenPEP is made of, as CycloneDX: the packages of requirements.lock, and Kafka's jars for the demo and tests."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.license import DisjunctiveLicense
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from tools.licences import licence_of
from tools.locked import Pinned

_JAR = re.compile(r"^(.+?)-(\d[\w.]*)$")


def bill_of_materials(packages: Iterable[Pinned], jars: Iterable[Path]) -> str:
    """The document as JSON. What is only for development is marked `excluded`: it is in no release."""
    parts = [*map(_package, packages), *_jars(jars)]
    whole = Component(name="openpep", type=ComponentType.APPLICATION, bom_ref="openpep")
    bom = Bom(components=parts)
    bom.metadata.component = whole
    bom.register_dependency(whole, parts)
    return JsonV1Dot6(bom).output_as_string(indent=2)


def _package(each: Pinned) -> Component:
    found = each.installed()
    licence = licence_of(found) if found else ""
    return Component(
        name=each.name,
        version=each.version,
        type=ComponentType.LIBRARY,
        purl=PackageURL("pypi", name=each.name, version=each.version),
        bom_ref=f"pypi {each.name} {each.version}",
        scope=ComponentScope.REQUIRED if each.runs else ComponentScope.EXCLUDED,
        licenses=[DisjunctiveLicense(name=licence)] if licence else [],
        # a package has a file for each system: each is pinned, and none of them is the component's own hash
        properties=[Property(name="openpep:file:sha256", value=value) for value in each.hashes],
    )


def _jars(jars: Iterable[Path]) -> Iterator[Component]:
    for jar in sorted(jars):
        named = _JAR.match(jar.stem)
        name, version = named.groups() if named else (jar.stem, None)
        yield Component(
            name=name,
            version=version,
            type=ComponentType.LIBRARY,
            bom_ref=f"jar {jar.name}",
            scope=ComponentScope.EXCLUDED,
            hashes=[HashType(alg=HashAlgorithm.SHA_256, content=sha256(jar.read_bytes()).hexdigest())],
        )
