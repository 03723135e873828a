"""First, interim and final report of an incident: composed, frozen, taken out as a file.

Two texts in two languages: for the authority with the person's name, and a copy for the leading
group with the code alone, without symptoms, places and names of contacts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lianfang.audit import operations as audit
from lianfang.incidents.freezing import freeze
from lianfang.incidents.kinds import Edition
from lianfang.incidents.models import CaseReport, Incident
from lianfang.installation.queries import installation, is_exercise
from lianfang.kernel.actors import Actor
from lianfang.kernel.refusals import Invalid
from lianfang.kernel.texts import gettext_noop
from lianfang.roster.models import Person
from lianfang.usecases import summary_files, word_files
from lianfang.usecases.incident_words import InWords, stamp
from lianfang.usecases.summaries import EXERCISE, Export
from lianfang.usecases.summary_tables import Table

LANGUAGES = ("zh-hans", "en")
Format = Literal["txt", "docx", "xlsx"]
FORMATS: tuple[Format, ...] = ("txt", "docx", "xlsx")
_TYPES: dict[Format, str] = {
    "txt": "text/plain",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Row = tuple[str, str]
_LETTERS = {Edition.FIRST: "F", Edition.INTERIM: "I", Edition.FINAL: "E"}  # E: the end


def make_report(
    *, incident: Incident, kind: str, words: str, by: Person, actor: Actor, now: datetime
) -> CaseReport:
    """Compose and freeze one. `words`: what is new, or cause and lessons; the rest is stored.

    Raises the refusals of `incidents.freezing`, `Invalid` for what is no report.
    """
    if kind not in Edition.values:
        raise Invalid({"kind": gettext_noop("Please choose which report it is.")})
    edition = Edition(kind)
    if edition == Edition.FINAL and not words.strip():
        raise Invalid(
            {"words": gettext_noop("A final report says the cause and what was learned.")}
        )

    def compose(held: Incident, number: int) -> dict[str, Any]:
        return content_of(held, edition, number, words.strip()[:2000], by, now)

    return freeze(incident=incident, kind=edition, compose=compose, by=by, actor=actor, now=now)


def content_of(
    incident: Incident, kind: Edition, number: int, words: str, by: Person, now: datetime
) -> dict[str, Any]:
    content: dict[str, Any] = {"authority": {}, "copy": {}}
    for language in LANGUAGES:
        with translation.override(language):
            head = _head(incident, kind, number, now)
            told = InWords(incident, now)
            content["authority"][language] = _rows(head, _authority(told, by, words))
            content["copy"][language] = _rows(head, _copy(told, words))
    return content


def _rows(*parts: Sequence[Row]) -> list[list[str]]:
    return [[label, words] for part in parts for label, words in part if words]


def _head(incident: Incident, kind: Edition, number: int, now: datetime) -> list[Row]:
    home = installation()
    label = f"{kind.label} {number}" if number else str(kind.label)
    return [
        (pgettext("case report", "Report"), label),
        (pgettext("case report", "Number"), f"{incident.code}-{_LETTERS[kind]}{number or ''}"),
        (pgettext("case report", "College"), home.name if home else ""),
        (pgettext("case report", "As of"), stamp(now)),
    ]


def _authority(told: InWords, by: Person, words: str) -> list[Row]:
    person, unit = told.incident.person, told.incident.unit
    category = person.get_category_display()
    return [
        (pgettext("case report", "Person"), f"{person.name} · {person.number} · {category}"),
        (pgettext("case report", "Phone"), str(person.phone)),
        (pgettext("case report", "Unit"), unit.name),
        (pgettext("case report", "Found"), told.found),
        (pgettext("case report", "Onset"), told.onset),
        (pgettext("case report", "Symptoms"), told.symptoms),
        (pgettext("case report", "Temperature"), told.temperature),
        (pgettext("case report", "Epidemiological history"), told.history),
        (pgettext("case report", "Present place"), told.place),
        (pgettext("case report", "On campus"), told.on_campus(named=True)),
        (pgettext("case report", "Verification"), told.verified(named=True)),
        (pgettext("case report", "Classification"), told.classified(named=True)),
        (pgettext("case report", "Hospital"), told.hospital(named=True)),
        (pgettext("case report", "Result"), told.result),
        (pgettext("case report", "Contacts"), told.contacts(named=True)),
        (pgettext("case report", "Search for the person"), told.searched(named=True)),
        *_common(told, words, named=True),
        (pgettext("case report", "Clearance"), told.clearance),
        (pgettext("case report", "Reported by"), f"{by.name} · {by.phone}"),
    ]


def _copy(told: InWords, words: str) -> list[Row]:
    """For those who see figures and codes: no name, no symptom, no place, no words of a doctor."""
    return [
        (pgettext("case report", "Person"), told.incident.code),
        (pgettext("case report", "Unit"), told.incident.unit.name),
        (pgettext("case report", "Found"), told.found),
        (pgettext("case report", "Verification"), told.verified(named=False)),
        (pgettext("case report", "Classification"), told.classified(named=False)),
        (pgettext("case report", "Hospital"), told.hospital(named=False)),
        (pgettext("case report", "Contacts"), told.contacts(named=False)),
        (pgettext("case report", "On campus"), told.on_campus(named=False)),
        *_common(told, "", named=False),
    ]


def _common(told: InWords, words: str, *, named: bool) -> list[Row]:
    return [
        (pgettext("case report", "Told inside"), told.told_inside),
        (pgettext("case report", "Told outside"), told.told_outside(named=named)),
        (pgettext("case report", "Limits"), told.limits),
        (pgettext("case report", "Outcome"), told.outcome),
        (pgettext("case report", "Present state"), told.state),
        (pgettext("case report", "Next"), told.next),
        (pgettext("case report", "Cause, lessons, remarks"), words),
    ]


# ---------------------------------------------------------------- taken out


def title_of(report: CaseReport) -> str:
    return pgettext("case report", "Report of an unusual event: %(kind)s") % {"kind": report.title}


def text_of(report: CaseReport, *, named: bool, language: str) -> str:
    """The frozen text, a line for each row."""
    with translation.override(language):
        mark = [EXERCISE] if is_exercise() else []
        head, line = [*mark, title_of(report), ""], _("%(label)s: %(words)s")
    rows = report.rows(named=named, language=language)
    body = [line % {"label": label, "words": _folded(words)} for label, words in rows]
    return "\n".join([*head, *body, ""])


def _folded(words: str) -> str:
    return words if "\n" not in words else "\n  " + words.replace("\n", "\n  ")


@transaction.atomic
def export(
    *,
    report: CaseReport,
    named: bool,
    language: str,
    fmt: Format,
    actor: Actor,
    now: datetime,
) -> Export:
    """The frozen report as a file, and the audit entry that it was taken out.

    The caller has asked whether the person's name is the actor's to see (`named`).
    """
    language = language if language in LANGUAGES else "zh-hans"
    content = _bytes(report, named, language, fmt, now)
    audit.record(
        verb="incidents.report.taken", actor=actor, subject=report, now=now,
        concerns=report.incident.person_id, named=named, format=fmt,
    )  # fmt: skip
    name = f"{report.incident.code}-{report.kind.lower()}{report.number or ''}"
    return Export(f"{name}{'' if named else '-copy'}.{fmt}", _TYPES[fmt], content)


def _bytes(
    report: CaseReport, named: bool, language: str, fmt: Format, now: datetime
) -> bytes:  # fmt: skip
    if fmt == "txt":
        return text_of(report, named=named, language=language).encode()
    rows = report.rows(named=named, language=language)
    with translation.override(language):
        title = title_of(report)
        seal = _("Frozen %(at)s, check sum %(digest)s") % {
            "at": stamp(report.made_at), "digest": report.digest[:16],
        }  # fmt: skip
        columns = [_("Item"), _("What is known")]
    if is_exercise():
        title = f"{EXERCISE} {title}"
    if fmt == "docx":
        return word_files.docx(title=title, rows=rows, note=seal, now=now)
    table = Table(
        tab=report.incident.code, title=title, facts=[], columns=columns,
        rows=[[label, words] for label, words in rows], notes=[seal], is_prose=True,
    )  # fmt: skip
    return summary_files.xlsx([table], now=now)
