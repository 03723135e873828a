"""What an administrator has to have in place before a morning can go well."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from lianfang.desk.frame import address_of
from lianfang.duty import queries as duty
from lianfang.installation.heartbeat import workers_are_silent
from lianfang.kernel.refusals import Refused
from lianfang.notifications.outlets import configured_channels
from lianfang.places import queries as places
from lianfang.places.models import DesignatedHospital
from lianfang.portal.templatetags.lianfang import day as day_in_words
from lianfang.roster import queries as roster
from lianfang.roster.models import Person
from lianfang.roster.vacancies import warnings_of


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that has to be in place. `kind` is the state word's class."""

    title: str
    state: str
    kind: str
    url: str
    action: str


def setup_of(*, day: date, now: datetime) -> list[Step]:
    """In the order in which a college is set up; what is missing says what to do."""
    return [
        _roster(),
        _posts(day),
        _duty(now),
        _channels(),
        _workers(now),
        _areas(day),
        _hospitals(),
    ]


def _roster() -> Step:
    people = Person.objects.count()
    words = _("%(n)s people") % {"n": people} if people else _("nobody yet")
    kind = "done" if people else "today"
    return Step(_("Roster"), words, kind, address_of("desk-roster"), _("Upload the roster"))


def _posts(day: date) -> Step:
    vacant = [one for one in warnings_of(day=day) if not one.head]
    if vacant:
        words = _("%(n)s units without anybody in charge") % {"n": len(vacant)}
    elif roster.college() is None:
        words = _("no unit yet: the roster brings them")
    else:
        words = _("every unit has somebody in charge")
    kind = "today" if vacant or roster.college() is None else "done"
    return Step(_("Posts"), words, kind, reverse("desk-posts"), _("Appoint"))


def _duty(now: datetime) -> Step:
    committee = roster.committee()
    tomorrow = now + timedelta(hours=24)
    tonight = committee and duty.on_duty(unit=committee, post="OFFICER", at=now)
    later = committee and duty.on_duty(unit=committee, post="OFFICER", at=tomorrow)
    words = (
        _("somebody is on duty now and in 24 hours")
        if tonight and later
        else _("nobody on duty now, or nobody in 24 hours")
    )
    kind = "done" if tonight and later else "today"
    return Step(
        _("Duty of the committee"), words, kind, reverse("desk-duty"), _("Write the roster")
    )


def _channels() -> Step:
    try:
        names = ", ".join(sorted(configured_channels()))
    except Refused:
        names = ""
    words = names or _("no channel: messages stay inside this product")
    return Step(
        _("Message channels"),
        words,
        "done" if names else "today",
        reverse("desk-gateways"),
        _("Look"),
    )


def _workers(now: datetime) -> Step:
    silent = workers_are_silent(now=now)
    words = _("silent: nobody is being told anything") if silent else _("at work")
    return Step(
        _("Workers"), words, "now" if silent else "done", reverse("desk-gateways"), _("Look")
    )


def _areas(day: date) -> Step:
    newest = places.latest_list_day()
    listed = len(places.risk_areas_on(day))
    if newest is None and listed:
        words, kind = _("%(n)s areas are listed today") % {"n": listed}, "done"
    elif newest is None:
        words, kind = _("no list yet: nobody can be screened for travel"), "today"
    else:
        words = _("list up to %(day)s") % {"day": day_in_words(newest)}
        kind = "done" if (day - newest).days <= 1 else "today"
    return Step(_("Areas of high incidence"), words, kind, reverse("desk-areas"), _("Import"))


def _hospitals() -> Step:
    count = DesignatedHospital.objects.filter(delisted_on__isnull=True).count()
    words = _("%(n)s hospitals") % {"n": count} if count else _("no list yet")
    kind = "done" if count else "today"
    return Step(_("Designated hospitals"), words, kind, reverse("desk-hospitals"), _("Import"))
