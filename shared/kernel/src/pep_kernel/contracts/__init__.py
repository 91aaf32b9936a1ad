"""What each service says aloud. One module a publisher; here alone do services meet."""

from pep_kernel.announcement import Announcement
from pep_kernel.contracts import funding, pep_record, scheduling

PUBLISHERS = {"scheduling": scheduling, "pep-record": pep_record, "funding": funding}


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
