"""What a drill says, and to whom; the drill itself is `usecases.drills`."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from lianfang.duty.models import Drill, DrillCall
from lianfang.duty.operations.drills import Ringing, drill_token
from lianfang.kernel.clock import SHANGHAI
from lianfang.notifications.operations import Draft
from lianfang.roster.models import Person
from lianfang.usecases.letters import in_language_of


def letter(drill: Drill, one: Ringing) -> Draft:
    person = one.call.person
    with in_language_of(person):
        return Draft(
            reference=reference_of(one.call),
            person=person,
            subject=_("Lianfang: drill"),
            body=_(
                "Drill: please open the link within %(minutes)s minutes and press the button, or "
                "enter the code %(code)s there. Nothing has happened."
            )
            % {"minutes": drill.minutes, "code": one.code},
            link=f"/d/{drill_token(one.call)}/",
            is_awaited=True,
            secret=one.code,
        )


def call_letter(drill: Drill, one: Ringing) -> Draft:
    """What the account keeps of a machine's call; what is spoken is the post office's."""
    person = one.call.person
    with in_language_of(person):
        return Draft(
            reference=reference_of(one.call),
            person=person,
            subject=_("Lianfang: drill"),
            body=_(
                "Drill: your phone rings. Press 1 within %(minutes)s minutes. Nothing has happened."
            )
            % {"minutes": drill.minutes},
            link=f"/d/{drill_token(one.call)}/",
            is_awaited=True,
            wants_answer=True,
            channels=("voice",),
        )


def reference_of(call: DrillCall) -> str:
    return f"drill:{call.drill_id}:call:{call.pk}:"


def group_letter(drill: Drill, group: str, now: datetime) -> Draft:
    """A link that everybody in a group can open proves nobody: here people log in to answer."""
    with in_language_of(None):
        ends = drill.ends_at.astimezone(SHANGHAI)
        return Draft(
            reference=f"drill:{drill.pk}:group",
            person=None,
            group=group,
            subject=_("Lianfang: drill"),
            body=_(
                "Drill: those in charge and on duty, please log in and answer before %(hour)s. "
                "Nothing has happened."
            )
            % {"hour": f"{ends:%H:%M}"},
            link="/d/",
            is_awaited=True,
        )


def question(drill: Drill, person: Person) -> Draft:
    with in_language_of(person):
        return Draft(
            reference=f"drill:{drill.pk}:how-was-it",
            person=person,
            subject=_("Lianfang: drill"),
            body=_(
                "No answer to the drill of %(hour)s reached us in time. There may be good reasons: "
                "please tell us how it was, in a few words."
            )
            % {"hour": f"{drill.started_at.astimezone(SHANGHAI):%H:%M}"},
            link="/desk/duty/facts/",
        )


def to_head(drill: Drill, head: Person, count: int) -> Draft:
    with in_language_of(head):
        return Draft(
            reference=f"drill:{drill.pk}:head",
            person=head,
            subject=_("Lianfang: drill"),
            body=_(
                "In the drill of %(hour)s no answer of %(n)s people of your units came in time. "
                "You can write beside it how it was."
            )
            % {"hour": f"{drill.started_at.astimezone(SHANGHAI):%H:%M}", "n": count},
            link="/desk/duty/facts/",
        )
