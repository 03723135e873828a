"""Files between a dry run and its confirmation: sealed, one operator's, gone after two hours.

A file lies in HOME/imports. Its name tells when it ends, so that whoever comes by may take
away what is over; everything else, the owner included, is inside the seal.
"""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from django.conf import settings

from lianfang.kernel.refusals import Refused
from lianfang.kernel.sealing import CannotOpen
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.imports.reading import RosterFiles
from lianfang.roster.imports.sheets import NamedFile
from lianfang.vault.fields import keyring

KEPT_FOR = timedelta(hours=2)
MOST_AT_ONCE = 20  # of one operator; the oldest make room
_NAME = re.compile(r"\A(?P<ends>\d{10})-(?P<owner>\d+)-[A-Za-z0-9_-]{22}\Z")
_PLACE = "roster.import"
_ROLES = ("roster", "party", "posts")


class UploadIsGone(Refused):
    code = "roster.upload-is-gone"
    message = _("These files are kept for two hours only. Please choose them again.")
    status = 404


@dataclass(frozen=True, slots=True)
class Upload:
    """What an operator uploaded, and what was typed beside it."""

    id: str
    files: RosterFiles
    college: str
    as_of: date
    ends_at: datetime


def keep(*, files: RosterFiles, college: str, as_of: date, owner: int, now: datetime) -> str:
    """Keep files for their owner; returns the id under which they are found."""
    sweep(now=now)
    _make_room(owner)
    ends = int((now + KEPT_FOR).timestamp())
    name = f"{ends}-{owner}-{secrets.token_urlsafe(16)}"
    told = {
        "owner": owner,
        "college": college,
        "as_of": as_of.isoformat(),
        "files": {role: _packed(getattr(files, role)) for role in _ROLES if getattr(files, role)},
    }
    sealed = keyring().seal(json.dumps(told), place=_PLACE)
    draft = _folder() / f"{name}.tmp"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(sealed)
    draft.rename(_folder() / name)
    return name


def fetch(*, id: str, owner: int, now: datetime) -> Upload:
    """The files of an id. Raises `UploadIsGone`, also for somebody else's id."""
    match = _NAME.match(id)
    if match is None or int(match["ends"]) <= now.timestamp() or int(match["owner"]) != owner:
        raise UploadIsGone
    try:
        told = json.loads(keyring().open((_folder() / id).read_text(), place=_PLACE))
    except (OSError, CannotOpen) as error:
        raise UploadIsGone from error
    if told["owner"] != owner:
        raise UploadIsGone
    files = {role: _unpacked(packed) for role, packed in told["files"].items()}
    return Upload(
        id=id,
        files=RosterFiles(**files),
        college=told["college"],
        as_of=date.fromisoformat(told["as_of"]),
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


def _packed(file: NamedFile) -> list[str]:
    return [file.name, base64.b64encode(file.data).decode()]


def _unpacked(packed: list[str]) -> NamedFile:
    name, data = packed
    return NamedFile(name, base64.b64decode(data))
