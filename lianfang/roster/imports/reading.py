"""The files of an import become what they say. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from lianfang.roster.imports.party import Party, read_party
from lianfang.roster.imports.people import People, read_people
from lianfang.roster.imports.plan import Input
from lianfang.roster.imports.posts import Posts, read_posts
from lianfang.roster.imports.problems import Unreadable
from lianfang.roster.imports.sheets import NamedFile, Sheet, read_file

Told = TypeVar("Told", People, Party, Posts)


@dataclass(frozen=True, slots=True)
class RosterFiles:
    """The roster itself, the table of Party organisations, the table of posts."""

    roster: NamedFile | None = None
    party: NamedFile | None = None
    posts: NamedFile | None = None

    def __bool__(self) -> bool:
        return any((self.roster, self.party, self.posts))


def read_files(files: RosterFiles) -> Input:
    """What each file says, with every problem; a file that cannot be read says only problems."""
    return Input(
        people=_read(files.roster, read_people, People) if files.roster else None,
        party=_read(files.party, read_party, Party) if files.party else None,
        posts=_read(files.posts, read_posts, Posts) if files.posts else None,
    )


def _read(
    file: NamedFile, read: Callable[[Sequence[Sheet]], Told], empty: Callable[[], Told]
) -> Told:
    try:
        return read(read_file(file))
    except Unreadable as error:
        told = empty()
        told.problems += error.problems
        return told
