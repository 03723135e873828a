"""Records and signs in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianfang.desk.answers import place_in_words
from lianfang.doubts import copied
from lianfang.doubts.models import Asked, Contradiction
from lianfang.quarantine.models import Order
from lianfang.reporting.forms import PRESENCE_NAMES
from lianfang.roster.models import Exemption

SIGNS = {
    copied.SAME_SECOND: gettext_lazy("reports in the same second of the day, for many days"),
    copied.SAME_ANSWERS: gettext_lazy("same answers and same temperature, for many days"),
    copied.AT_ONCE: gettext_lazy("together with many of the class within two seconds"),
    copied.COMBINED: gettext_lazy("often the same second, often the same answers"),
}


@dataclass(frozen=True, slots=True)
class Record:
    """One of the two records: where it is from, what it says, when."""

    source: str
    says: str
    at: datetime | None


def records_of(one: Contradiction) -> list[Record]:
    return [_record(said) for said in one.records.get("records", [])]


def _record(said: dict[str, Any]) -> Record:
    value = said.get("value", "")
    at = datetime.fromisoformat(said["at"]) if said.get("at") else None
    match said.get("what"):
        case "REPORT":
            return Record(_("Daily report"), str(PRESENCE_NAMES.get(value, value)), at)
        case "PLACE":
            return Record(_("Daily report"), place_in_words(value), at)
        case "ZERO":
            return Record(_("Daily report"), _("nothing to report"), at)
        case "GATE":
            return Record(_("Gate"), _("came in") if value == "IN" else _("went out"), at)
        case "DORM":
            there = _("was in the room") if value == "PRESENT" else _("was not in the room")
            return Record(_("Dormitory"), there, at)
        case "LEAVE":
            return Record(_("Leave"), str(Exemption.Reason(value).label), at)
        case "ORDER":
            return Record(_("Order"), str(Order.Kind(value).label), at)
    return Record(_("Order"), _("none is recorded"), at)


def signs_of(asked: Asked) -> list[str]:
    return [str(SIGNS[sign]) for sign in asked.signs.split(",") if sign in SIGNS]
