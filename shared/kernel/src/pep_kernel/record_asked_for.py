"""Who has looked: what the access log says of each request that showed records of children, or was refused them.

It holds references, names of classes, actions and routes. No personal text is in it, so it can stay when a child is
forgotten.
"""

from __future__ import annotations

from pep_kernel.message import Event


class RecordAskedFor(Event):
    """Somebody asked for records and was shown them, or was refused. Who, in which role, and when is in the envelope.

    `about`: the references of the children, and of the people whose particulars were opened. `classes`: which sealed
    classes were opened; none where only references, days and sums were shown. `reason` is why it was allowed or not.
    """

    about: tuple[str, ...]
    classes: tuple[str, ...]
    action: str
    reason: str
    route: str
    shown: bool
