"""What two people cannot have in common, and what they rarely have. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.imports.people import Record
from lianfang.roster.imports.problems import Problem


def refuse_doubles(records: Iterable[Record]) -> Iterator[Problem]:
    """One number for two rows is an error; one phone for two people is told."""
    by_number: dict[str, Record] = {}
    by_phone: dict[str, Record] = {}
    for record in records:
        first = by_number.setdefault(record.number, record)
        if first is not record:
            yield _double_number(record, first)
            continue
        phone = record.fields.get("phone", "")
        other = by_phone.setdefault(phone, record) if phone else record
        if other is not record:
            yield _shared_phone(record, other)


def _double_number(record: Record, first: Record) -> Problem:
    return record.problem(
        "number",
        record.number,
        _("%(name)s has the number of %(other)s (%(sheet)s, row %(row)s)."),
        _("Delete one of the two rows, or give each person a number of their own."),
        name=record.name,
        other=first.name,
        sheet=first.sheet,
        row=first.row,
    )


def _shared_phone(record: Record, other: Record) -> Problem:
    return record.problem(
        "phone",
        record.fields["phone"],
        _("%(name)s and %(other)s (%(sheet)s, row %(row)s) have the same phone."),
        _("If one of them has a phone of their own, write that; a shared phone is told both."),
        severity="warning",
        name=record.name,
        other=other.name,
        sheet=other.sheet,
        row=other.row,
    )
