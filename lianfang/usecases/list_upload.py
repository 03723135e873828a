"""The file of a list from outside between the look at it and its storing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lianfang.usecases import uploads


@dataclass(frozen=True, slots=True)
class ListFile:
    """A list as somebody uploaded it. Without an `id` it is not kept."""

    id: str
    name: str
    data: bytes


def keep(*, what: str, name: str, data: bytes, owner: int, now: datetime) -> ListFile:
    """Keep a list of this kind for whoever uploaded it."""
    id = uploads.keep(
        place=_place(what), told={}, files={"list": (name, data)}, owner=owner, now=now
    )
    return ListFile(id, name, data)


def fetch(*, id: str, what: str, owner: int, now: datetime) -> ListFile:
    """Raises `uploads.UploadIsGone`, also for somebody else's list or one of another kind."""
    name, data = uploads.fetch(id=id, place=_place(what), owner=owner, now=now).files["list"]
    return ListFile(id, name, data)


def _place(what: str) -> str:
    return f"list.{what}"
