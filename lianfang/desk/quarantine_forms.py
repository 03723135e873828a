"""What is typed about an order, made clean. Nothing is checked here that a room checks."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.http import QueryDict

from lianfang.kernel.clock import SHANGHAI
from lianfang.kernel.texts import prose, tidy
from lianfang.places.divisions import RenamedDivision, UnknownDivision
from lianfang.places.search import places_named
from lianfang.portal.typed_checks import day_of
from lianfang.usecases.quarantine import Service, Wording


def moment_of(text: str) -> datetime | None:
    """`2020-02-01 09:30` or `2020-02-01T09:30`, in Shanghai."""
    try:
        found = datetime.fromisoformat(tidy(text).replace(" ", "T"))
    except ValueError:
        return None
    return found.replace(tzinfo=SHANGHAI) if found.tzinfo is None else found


def county_of(text: str, *, today: date) -> str:
    """The code of the one county, city or province that is called so; empty where it is none."""
    name = tidy(text)
    if not name:
        return ""
    try:
        found = places_named(name, on=today)
    except (UnknownDivision, RenamedDivision):
        return ""
    if found.is_certain and found.codes:
        return found.codes[0]
    return ""


def wording_of(data: QueryDict, *, today: date) -> Wording:
    text = {name: tidy(data.get(name, "")) for name in data}
    text |= {name: prose(data.get(name, "")) for name in ("place", "reason", "authority_name")}
    return Wording(
        kind=text.get("kind", ""),
        place=text.get("place", ""),
        reason=text.get("reason", ""),
        authority=text.get("authority", ""),
        authority_name=text.get("authority_name", ""),
        officer=text.get("officer", ""),
        document_no=text.get("document_no", ""),
        document_on=day_of(text.get("document_on", "")),
        held_from=day_of(text.get("held_from", "")),
        last_contact_on=day_of(text.get("last_contact_on", "")),
        held_until=_after(day_of(text.get("last_day", ""))),
        county_code=county_of(text.get("county", ""), today=today),
    )


def _after(last_day: date | None) -> date | None:
    """People name the last day that counts; the day after it is the first without."""
    return last_day + timedelta(days=1) if last_day is not None else None


def service_of(data: QueryDict) -> Service | None:
    """None when nothing of it was filled in: it can be noted later."""
    names = ("served_how", "served_by", "served_to", "served_at")
    how, by, to, at = (tidy(data.get(name, "")) for name in names)
    if not (how or by or to):
        return None
    return Service(how, by, to, moment_of(at))
