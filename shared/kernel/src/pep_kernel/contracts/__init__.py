"""What each service says aloud. One module a publisher; here alone do services meet."""

from pep_kernel.announcement import Announcement
from pep_kernel.contracts import funding, journey, pep_record, scheduling

PUBLISHERS = {"scheduling": scheduling, "pep-record": pep_record, "funding": funding, "journey": journey}
OWN_NAMES = {"journey": "seals"}
"""Whose announcements travel on a topic with a name of its own: `pep.<authority>.seals.v1` can be given to auditors who
get nothing else."""


def _announcements() -> dict[str, type[Announcement]]:
    kinds = (
        kind
        for module in PUBLISHERS.values()
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Announcement) and kind is not Announcement
    )
    return {kind.model_fields["type"].default: kind for kind in kinds}


ANNOUNCEMENTS: dict[str, type[Announcement]] = _announcements()
"""Every contract by its CloudEvents type."""
