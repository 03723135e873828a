"""Reasons and fields in the language of the reader."""

from __future__ import annotations

from django.utils.translation import gettext as _

from lianfang.contacts.rules import Reason


def reason_in_words(reason: Reason) -> str:
    """“same dormitory room: 6栋 101”, with what is known of time and seats."""
    parts = [_head(reason)]
    if reason.times:
        parts.append(_("%(n)s times") % {"n": reason.times})
    if reason.minutes:
        parts.append(_("%(n)s minutes together") % {"n": f"{reason.minutes:,}"})
    if reason.apart is not None:
        parts.append(
            _("next seat") if reason.apart <= 1 else _("%(n)s seats apart") % {"n": reason.apart}
        )
    return " · ".join(parts)


def _where(reason: Reason) -> str:
    """“6栋 101”, “6栋 3层”; a building that is only a number is said to be one."""
    building, _space, last = reason.name.rpartition(" ")
    if reason.kind not in {"ROOM", "FLOOR"} or not building:
        return reason.name
    if building.isdecimal():
        building = _("building %(n)s") % {"n": building}
    if reason.kind == "FLOOR":
        last = _("floor %(n)s") % {"n": last}
    return f"{building} {last}"


def _head(reason: Reason) -> str:
    heads = {
        "ROOM": _("same dormitory room: %(name)s"),
        "FLOOR": _("same floor: %(name)s"),
        "CLASS": _("same class: %(name)s"),
        "UNIT": _("same unit: %(name)s"),
        "HOME": _("same home address%(name)s"),
        "JOURNEY": _("same journey: %(name)s"),
        "COURSE": _("same course: %(name)s"),
        "CANTEEN": _("same sitting: %(name)s"),
        "ACTIVITY": _("same activity: %(name)s"),
        "WORKSHOP": _("same workshop: %(name)s"),
        "OFFICE": _("same office: %(name)s"),
        "VEHICLE": _("same vehicle: %(name)s"),
    }
    return heads.get(reason.kind, _("same group: %(name)s")) % {"name": _where(reason)}
