"""What people type about directives and matters, made into the words of the use cases."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest

from lianfang.directives.attachments import FileTooLarge
from lianfang.directives.audience import Asked
from lianfang.directives.files import LARGEST
from lianfang.directives.models import DirectiveVersion
from lianfang.kernel.clock import SHANGHAI
from lianfang.kernel.refusals import Invalid
from lianfang.kernel.texts import gettext_noop as _
from lianfang.kernel.texts import tidy
from lianfang.roster.models import Person, Post, Unit
from lianfang.usecases.directives import Upload, Wording

ROLES = (
    Post.Role.RESPONSIBLE_HEAD,
    Post.Role.SECRETARY,
    Post.Role.COUNSELOR,
    Post.Role.LIAISON,
    Post.Role.CLASS_REPORTER,
    Post.Role.DOCTOR,
)


def moment_typed(text: str) -> datetime | None:
    """`2020-02-01T18:00` as a moment in Shanghai; None when it is empty or no moment."""
    try:
        typed = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return typed.replace(tzinfo=SHANGHAI) if typed.tzinfo is None else typed


def moment_to_type(moment: datetime | None) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M") if moment else ""


def uploads(request: HttpRequest) -> list[Upload]:
    """The files of the form; one that is too large is refused before it is read."""
    files = [file for file in request.FILES.getlist("files") if file]
    for file in files:
        if (file.size or 0) > LARGEST:
            raise FileTooLarge(name=(file.name or "")[:60])
    return [Upload(file.name or "", file.read()) for file in files]


def files_to_take_off(request: HttpRequest) -> list[int]:
    return [int(pk) for pk in request.POST.getlist("take_off") if _is_key(pk)]


def typed_of(version: DirectiveVersion) -> dict[str, Any]:
    """A version as the form shows it again."""
    asked = list(version.addressees.select_related("person"))
    return {
        "number": version.directive.number,
        "title": version.title,
        "body": version.body,
        "urgency": version.urgency,
        "acknowledge_due_at": moment_to_type(version.acknowledge_due_at),
        "feedback_due_at": moment_to_type(version.feedback_due_at),
        "feedback_asks": version.feedback_asks,
        "everybody": "yes" if version.to_everybody else "",
        "units": {one.unit_id for one in asked if one.unit_id},
        "below": "yes" if any(one.with_below for one in asked) else "no",
        "role": next((one.role for one in asked if one.role), ""),
        "people": "\n".join(one.person.number for one in asked if one.person),
    }


def first_typed(now: datetime) -> dict[str, Any]:
    """An empty form: the acknowledgement is due at the end of the office day, or in two hours."""
    evening = now.astimezone(SHANGHAI).replace(hour=18, minute=0, second=0, microsecond=0)
    soon = now.astimezone(SHANGHAI).replace(second=0, microsecond=0) + timedelta(hours=2)
    return {
        "urgency": "URGENT",
        "below": "yes",
        "acknowledge_due_at": moment_to_type(max(evening, soon)),
        "units": set(),
    }


def typed_again(request: HttpRequest) -> dict[str, Any]:
    """What was typed, for the page that asks back."""
    chosen = {int(pk) for pk in request.POST.getlist("units") if _is_key(pk)}
    off = set(files_to_take_off(request))
    return {**request.POST.dict(), "units": chosen, "take_off": off}


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 12


def wording_typed(request: HttpRequest, *, issuer: Unit, reach: frozenset[int]) -> Wording:
    """Raises `Invalid` for what cannot be read; the rest is for the use case to refuse.

    `reach` are the units that the issuer may direct: a unit beyond it is as good as unknown.
    """
    data = request.POST
    problems: dict[str, str] = {}
    acknowledge = moment_typed(data.get("acknowledge_due_at", ""))
    feedback = moment_typed(data.get("feedback_due_at", ""))
    if acknowledge is None:
        problems["acknowledge_due_at"] = _("Until when must it be acknowledged?")
    if data.get("feedback_due_at", "").strip() and feedback is None:
        problems["feedback_due_at"] = _("This is not a moment.")
    people = _people(data.get("people", ""), problems)
    if problems or acknowledge is None:
        raise Invalid(problems)
    return Wording(
        # A line break is refused by name, so it is not tidied away here.
        title=data.get("title", ""),
        body=data.get("body", "").replace("\r\n", "\n"),
        urgency=data.get("urgency", ""),
        acknowledge_due_at=acknowledge,
        feedback_due_at=feedback,
        feedback_asks=data.get("feedback_asks", ""),
        to_everybody=data.get("everybody") == "yes",
        audience=[*_units(request, issuer, reach), *people],
    )


def _units(request: HttpRequest, issuer: Unit, reach: frozenset[int]) -> list[Asked]:
    data = request.POST
    keys = {int(pk) for pk in data.getlist("units") if _is_key(pk)} & reach
    role = data.get("role", "")
    role = role if role in Post.Role.values else ""
    below = data.get("below") == "yes"
    chosen = list(Unit.objects.filter(pk__in=keys, closed_on__isnull=True))
    if data.get("everybody") == "yes" and not chosen:
        chosen, below = [issuer], True
    return [Asked(unit=unit, with_below=below, role=role) for unit in chosen]


def _people(text: str, problems: dict[str, str]) -> list[Asked]:
    numbers = [word for word in tidy(text).replace(",", " ").split() if word]
    found = {person.number: person for person in Person.objects.filter(number__in=numbers)}
    if any(number not in found for number in numbers):
        problems["people"] = _("One of these numbers is not on the roster.")
    return [Asked(person=person) for person in found.values()]
