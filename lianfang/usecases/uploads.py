"""Files between a dry run and its confirmation: sealed, one operator's, gone after two hours.

A file lies in HOME/imports. Its name tells when it ends, so that whoever comes by may take
away what is over; everything else, the owner included, is inside the seal. The place is part
of the seal: what was kept for one page is not found by another.
"""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from lianfang.kernel.refusals import Refused
from lianfang.kernel.sealing import CannotOpen
from lianfang.kernel.texts import gettext_noop as _
from lianfang.vault.fields import keyring

KEPT_FOR = timedelta(hours=2)
MOST_AT_ONCE = 20  # of one operator; the oldest make room
_NAME = re.compile(r"\A(?P<ends>\d{10})-(?P<owner>\d+)-[A-Za-z0-9_-]{22}\Z")


class UploadIsGone(Refused):
    code = "uploads.gone"
    message = _("These files are kept for two hours only. Please choose them again.")
    status = 404


@dataclass(frozen=True, slots=True)
class Kept:
    """What was kept under an id: what was told beside the files, and the files by name."""

    told: dict[str, Any]
    files: dict[str, tuple[str, bytes]]
    ends_at: datetime


def keep(
    *,
    place: str,
    told: dict[str, Any],
    files: dict[str, tuple[str, bytes]],
    owner: int,
    now: datetime,
) -> str:
    """Keep files for their owner; returns the id under which they are found."""
    sweep(now=now)
    _make_room(owner)
    ends = int((now + KEPT_FOR).timestamp())
    name = f"{ends}-{owner}-{secrets.token_urlsafe(16)}"
    packed = {role: [file, base64.b64encode(data).decode()] for role, (file, data) in files.items()}
    inside = {"owner": owner, "told": told, "files": packed}
    sealed = keyring().seal(json.dumps(inside), place=place)
    draft = _folder() / f"{name}.tmp"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(sealed)
    draft.rename(_folder() / name)
    return name


def fetch(*, id: str, place: str, owner: int, now: datetime) -> Kept:
    """The files of an id. Raises `UploadIsGone`, also for somebody else's id."""
    match = _NAME.match(id)
    if match is None or int(match["ends"]) <= now.timestamp() or int(match["owner"]) != owner:
        raise UploadIsGone
    try:
        inside = json.loads(keyring().open((_folder() / id).read_text(), place=place))
    except (OSError, CannotOpen) as error:
        raise UploadIsGone from error
    if inside["owner"] != owner:
        raise UploadIsGone
    return Kept(
        told=inside["told"],
        files={
            role: (name, base64.b64decode(data)) for role, (name, data) in inside["files"].items()
        },
        ends_at=datetime.fromtimestamp(int(match["ends"]), tz=UTC),
    )


def drop(*, id: str, owner: int) -> None:
    """Delete the files of an id at once; an id that is gone already is no error."""
    match = _NAME.match(id)
    if match is not None and int(match["owner"]) == owner:
        (_folder() / id).unlink(missing_ok=True)


def sweep(*, now: datetime) -> int:
    """Delete what is over, half-written drafts too; returns how many files went."""
    gone = 0
    for path in _folder().iterdir():
        match = _NAME.match(path.name.removesuffix(".tmp"))
        if match is not None and int(match["ends"]) <= now.timestamp():
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _make_room(owner: int) -> None:
    mine = sorted(
        path
        for path in _folder().iterdir()
        if (match := _NAME.match(path.name)) and int(match["owner"]) == owner
    )
    for path in mine[: max(0, len(mine) - MOST_AT_ONCE + 1)]:
        path.unlink(missing_ok=True)


def _folder() -> Path:
    folder: Path = settings.HOME / "imports"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
