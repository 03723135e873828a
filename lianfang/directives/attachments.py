"""Keeping files: small, of five kinds, sealed in the database, given out only with a session."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from lianfang.audit import operations as audit
from lianfang.directives.files import LARGEST, MOST, kind_of, safe_name
from lianfang.directives.models import Attachment, DirectiveVersion, Feedback, ItemEntry
from lianfang.kernel.actors import Actor
from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.models import Person


class FileNotTaken(Refused):
    code = "directives.file-not-taken"
    message = _("“%(name)s” is none of PDF, PNG, JPEG, Word (docx) or Excel (xlsx) without macros.")


class FileTooLarge(Refused):
    code = "directives.file-too-large"
    message = _("“%(name)s” is larger than 4 MB.")
    status = 413


class TooManyFiles(Refused):
    code = "directives.too-many-files"
    message = _("At most 10 files, please.")


@dataclass(frozen=True, slots=True)
class Upload:
    name: str
    data: bytes


def add(
    files: Sequence[Upload],
    *,
    by: Person,
    actor: Actor,
    now: datetime,
    version: DirectiveVersion | None = None,
    feedback: Feedback | None = None,
    entry: ItemEntry | None = None,
) -> list[Attachment]:
    """Store files beside what they belong to. All are looked at before one is stored."""
    there = version.attachments.count() if version else 0
    if len(files) + there > MOST:
        raise TooManyFiles
    checked = [_checked(file) for file in files]
    rows = []
    for file, kind in checked:
        row = Attachment.objects.create(
            version=version,
            feedback=feedback,
            entry=entry,
            name=safe_name(file.name, kind),
            kind=Attachment.Kind(kind),
            size=len(file.data),
            digest=hashlib.sha256(file.data).hexdigest(),
            content=base64.b64encode(file.data).decode(),
            added_by=by,
            added_at=now,
        )
        audit.record(
            verb="directives.attachment.added", actor=actor, subject=row, now=now, size=row.size
        )
        rows.append(row)
    return rows


def _checked(file: Upload) -> tuple[Upload, str]:
    if len(file.data) > LARGEST:
        raise FileTooLarge(name=file.name[:60])
    kind = kind_of(file.data)
    if kind is None:
        raise FileNotTaken(name=file.name[:60])
    return file, kind


def carry_over(*, version: DirectiveVersion, now: datetime, without: Collection[int] = ()) -> None:
    """A new version begins with the files of the one before it; those stay where they are."""
    before = version.directive.versions.filter(number=version.number - 1).first()
    for row in before.attachments.exclude(pk__in=without) if before else ():
        row.pk = None
        row.version = version
        row.save(force_insert=True)


def bytes_of(attachment: Attachment) -> bytes:
    return base64.b64decode(attachment.content)


def take_off(
    pks: Collection[int], *, version: DirectiveVersion, actor: Actor, now: datetime
) -> None:
    """These files of a draft go; what belongs to something else is left alone."""
    for attachment in version.attachments.filter(pk__in=pks):
        remove(attachment=attachment, actor=actor, now=now)


def remove(*, attachment: Attachment, actor: Actor, now: datetime) -> bool:
    """Only from a draft: what was published or handed in stays."""
    draft = attachment.version
    if draft is None or draft.is_published:
        return False
    audit.record(verb="directives.attachment.removed", actor=actor, subject=attachment, now=now)
    attachment.delete()
    return True
