"""When something happened, as people say it afterwards: yesterday may be, tomorrow may not."""

from __future__ import annotations

from datetime import datetime

from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _


class InTheFuture(Refused):
    code = "incidents.in-the-future"
    message = _("This lies in the future: what has not happened yet cannot be written down.")


def moment_of(at: datetime | None, *, now: datetime) -> datetime:
    """The moment that was said, or now. Raises `InTheFuture`."""
    if at is None:
        return now
    if at > now:
        raise InTheFuture
    return at
