"""What whoever took an incident over writes down, until it is closed with a reason."""

from __future__ import annotations

from datetime import datetime

from lianfang.incidents import operations as incidents
from lianfang.incidents.models import Incident, IncidentFact
from lianfang.kernel.actors import Actor
from lianfang.kernel.refusals import Invalid
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.models import Person

# What a person may write down; the other kinds are written by what happens.
WRITTEN_BY_HAND = (
    IncidentFact.Kind.CALLED,
    IncidentFact.Kind.HOSPITAL,
    IncidentFact.Kind.OUTSIDE,
    IncidentFact.Kind.NOTE,
)


def write_down(
    *, incident: Incident, kind: str, text: str, by: Person, actor: Actor, now: datetime
) -> IncidentFact:
    """A call, the hospital, who was told outside, a note. Raises `Invalid` without words."""
    if kind not in WRITTEN_BY_HAND:
        raise Invalid({"kind": _("Please say what you did.")})
    if not text.strip():
        raise Invalid({"text": _("A few words, please: what happened, and with whom?")})
    return incidents.add_fact(
        incident=incident,
        kind=IncidentFact.Kind(kind),
        text=text,
        by=by,
        actor=actor,
        now=now,
    )


def close(
    *, incident: Incident, closing: str, text: str, by: Person, actor: Actor, now: datetime
) -> Incident:
    """End an incident that somebody took over. The reason is one of the list, the words are free."""
    if closing not in Incident.Closing.values:
        raise Invalid({"closing": _("Please choose how it ended.")})
    if not text.strip():
        raise Invalid({"text": _("Please write who said so, and what was agreed.")})
    return incidents.close(
        incident=incident,
        closing=Incident.Closing(closing),
        text=text,
        by=by,
        actor=actor,
        now=now,
    )
