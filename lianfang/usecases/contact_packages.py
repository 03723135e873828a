"""Handing contacts over: the file with its marks, the reminder when no receipt or answer comes."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import xlsxwriter
from django.db import transaction
from django.utils.translation import gettext as _

from lianfang.contacts import packaging
from lianfang.contacts.models import Contact, Package
from lianfang.contacts.packaging import FIELDS
from lianfang.installation.due import when_due
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import SHANGHAI, reporting_day
from lianfang.notifications import operations as notifications
from lianfang.notifications.operations import Draft
from lianfang.roster.models import Lodging, Person
from lianfang.roster.queries import held_on
from lianfang.usecases.contact_tracing import policy_at
from lianfang.usecases.letters import in_language_of
from lianfang.usecases.summary_files import is_dangerous, one_line

ask = packaging.ask
refuse = packaging.refuse
fetch = packaging.fetch
answered = packaging.answered


def approve(*, package: Package, by: Person, actor: Actor, now: datetime) -> Package:
    """The second person's word freezes the file."""

    def render(one: Package, contacts: Sequence[Contact]) -> bytes:
        return file_of(one, contacts, now=now)

    return packaging.approve(
        package=package, render=render, policy=policy_at(now), by=by, actor=actor, now=now
    )


def hand_over(*, package: Package, text: str, by: Person, actor: Actor, now: datetime) -> Package:
    return packaging.hand_over(
        package=package, text=text, policy=policy_at(now), by=by, actor=actor, now=now
    )


def receipt(*, package: Package, text: str, by: Person, actor: Actor, now: datetime) -> Package:
    return packaging.receipt(
        package=package, text=text, policy=policy_at(now), by=by, actor=actor, now=now
    )


# ---------------------------------------------------------------- the file


def file_of(package: Package, contacts: Sequence[Contact], *, now: datetime) -> bytes:
    """The rows with the chosen fields and no other, under a line that says who took them out."""
    head = [_(FIELDS[name]) for name in package.fields]
    rows = rows_of(package.fields, contacts, now=now)
    mark = mark_of(package, now)
    if package.layout == Package.Layout.CSV:
        return _csv(package, mark, head, rows)
    return _xlsx(package, mark, head, rows, now)


def mark_of(package: Package, now: datetime) -> str:
    """Who took it out, for whom, when: readable in the sheet and hidden in its properties."""
    return _(
        "Package %(pk)s · %(code)s · for %(organisation)s, %(receiver)s · request %(number)s · taken out by %(by)s, approved by %(second)s, %(at)s · not to be passed on"
    ) % {
        "pk": package.pk,
        "code": package.investigation.code,
        "organisation": package.organisation,
        "receiver": package.receiver,
        "number": package.request_number,
        "by": package.asked_by.name,
        "second": package.approved_by.name if package.approved_by else "–",
        "at": now.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"),
    }


def rows_of(
    fields: Sequence[str], contacts: Sequence[Contact], *, now: datetime
) -> list[list[str]]:
    today = reporting_day(now)
    rooms: dict[int, str] = {}
    if "lodging" in fields:
        people = [one.person_id for one in contacts if one.person_id is not None]
        lodgings = Lodging.objects.filter(held_on(today), person_id__in=people)
        rooms = {one.person_id: f"{one.building} {one.room}" for one in lodgings}
    return [[one_line(_cell(one, name, rooms)) for name in fields] for one in contacts]


def _cell(contact: Contact, name: str, rooms: dict[int, str]) -> str:
    somebody = contact.person or contact.outsider
    values: dict[str, Callable[[], str]] = {
        "code": lambda: contact.code,
        "name": lambda: somebody.name if somebody else "",
        "phone": lambda: somebody.phone if somebody else "",
        "last_on": lambda: contact.last_on.isoformat() if contact.last_on else "",
        "first_on": lambda: contact.first_on.isoformat() if contact.first_on else "",
        "state": lambda: str(contact.get_state_display()),
        "mode": lambda: str(contact.get_mode_display()),
        "protection": lambda: str(contact.get_protection_display()),
        "unit": lambda: contact.unit.name if contact.unit else "",
        "lodging": lambda: rooms.get(contact.person_id or 0, ""),
        "number": lambda: contact.person.number if contact.person else "",
        "officer": lambda: contact.officer or contact.document,
    }
    return values[name]()


def _csv(package: Package, mark: str, head: list[str], rows: list[list[str]]) -> bytes:
    """The mark stands above the header and beside every row: no row travels without it."""
    memory = io.StringIO()
    writer = csv.writer(memory)
    short = f"{package.investigation.code}-{package.pk}-{package.asked_by_id}"
    writer.writerow([mark])
    writer.writerow([*head, _("mark")])
    for row in rows:
        writer.writerow([*(f"'{cell}" if is_dangerous(cell) and not cell.startswith("+86") else cell for cell in row), short])  # fmt: skip
    return memory.getvalue().encode("utf-8-sig")


def _xlsx(
    package: Package, mark: str, head: list[str], rows: list[list[str]], now: datetime
) -> bytes:
    memory = io.BytesIO()
    never = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(memory, {"in_memory": True, **never}) as book:
        book.set_properties({
            "title": package.investigation.code, "author": package.asked_by.name,
            "comments": mark, "created": now.astimezone(UTC).replace(tzinfo=None),
        })  # fmt: skip
        sheet = book.add_worksheet(package.investigation.code[:31])
        bold = book.add_format({"bold": True, "border": 1, "bg_color": "#EFEFEF"})
        plain = book.add_format({"border": 1})
        sheet.write_string(0, 0, mark)
        for column, label in enumerate(head):
            sheet.write_string(1, column, label, bold)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write_string(2 + number, column, cell, plain)
        sheet.set_column(0, max(len(head) - 1, 0), 18)
        sheet.set_header(f"&C{one_line(mark)[:200].replace('&', '&&')}")
        sheet.set_landscape()
        sheet.repeat_rows(0, 1)
    return memory.getvalue()


# ---------------------------------------------------------------- time


@when_due(lambda now: Package.objects.filter(next_due_at__lte=now))
@transaction.atomic
def remind_next(*, now: datetime) -> Package | None:
    """The worker's move: no receipt, or no answer; whoever asked is told, without a name."""
    package = packaging.claim_due(now=now)
    if package is None:
        return None
    with in_language_of(package.asked_by):
        letter = Draft(
            reference=f"contact-package:{package.pk}:{package.state}",
            person=package.asked_by,
            subject=_("Something needs an answer"),
            body=_("%(code)s: an answer from outside stays out. Please open the link and ask.")
            % {"code": package.investigation.code},
            link=f"/desk/care/contacts/packages/{package.pk}/",
        )
    notifications.queue([letter], now=now)
    return package


postpone_next = packaging.postpone_due
