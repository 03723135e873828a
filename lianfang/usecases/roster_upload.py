"""The files of a roster between the dry run and its confirmation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from lianfang.roster.imports.reading import RosterFiles
from lianfang.roster.imports.sheets import NamedFile
from lianfang.usecases import uploads

_PLACE = "roster.import"
_ROLES = ("roster", "party", "posts")


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
    given: dict[str, NamedFile | None] = {role: getattr(files, role) for role in _ROLES}
    return uploads.keep(
        place=_PLACE,
        told={"college": college, "as_of": as_of.isoformat()},
        files={role: (file.name, file.data) for role, file in given.items() if file},
        owner=owner,
        now=now,
    )


def fetch(*, id: str, owner: int, now: datetime) -> Upload:
    """The files of an id. Raises `uploads.UploadIsGone`, also for somebody else's id."""
    kept = uploads.fetch(id=id, place=_PLACE, owner=owner, now=now)
    return Upload(
        id=id,
        files=RosterFiles(**{role: NamedFile(*file) for role, file in kept.files.items()}),
        college=kept.told["college"],
        as_of=date.fromisoformat(kept.told["as_of"]),
        ends_at=kept.ends_at,
    )
