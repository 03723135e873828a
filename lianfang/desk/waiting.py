"""What waits for one person beside reports: directives, matters, duty, numbers, texts to post.

Each kind is one row or a few; a kind with many is one row that counts them and opens its page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from lianfang.desk.directive_page import my_open
from lianfang.directives import access as directives
from lianfang.directives.models import DirectiveVersion, Feedback, SupervisionItem
from lianfang.directives.rules import Duty
from lianfang.duty import access as duty
from lianfang.duty import queries as duty_queries
from lianfang.duty.models import DutyFact
from lianfang.outreach import access as outreach
from lianfang.outreach import queries as outreach_queries
from lianfang.portal.edge import Visit

MOST = 12  # single rows of one kind; more are one row that counts the rest


@dataclass(frozen=True, slots=True)
class Waiting:
    """One row: what it is, what is asked, until when, and where it is done."""

    what: str
    asked: str
    url: str
    due_at: datetime | None = None
    detail: str = ""


def waiting_for(visit: Visit) -> list[Waiting]:
    """The most pressing first; what has no deadline last. A constant number of queries."""
    if visit.account.person is None:
        return []
    rows = [
        *_directives(visit), *_to_sign(visit), *_feedback(visit), *_items(visit),
        *_duty(visit), *_facts(visit), *_outreach(visit),
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row.due_at is None, row.due_at or visit.now))


def _short(rows: Iterable[Waiting], *, total: int, url: str) -> Iterator[Waiting]:
    yield from rows
    if total > MOST:
        yield Waiting(_("and %(n)s more") % {"n": total - MOST}, "", url)


# ---------------------------------------------------------------- directives and matters


def _directives(visit: Visit) -> Iterator[Waiting]:
    mine = my_open(visit)
    words = {
        Duty.ACKNOWLEDGE: _("acknowledge it"),
        Duty.RELAY: _("pass it on"),
        Duty.FEED_BACK: _("answer it"),
    }
    rows = [
        Waiting(
            what=one.receipt.version.title,
            asked=words[one.owed.duty] if one.owed else one.words,
            url=reverse("desk-directive", args=[one.receipt.version.directive_id]),
            due_at=one.owed.due_at if one.owed else None,
            detail=one.receipt.unit.name,
        )
        for one in mine[:MOST]
    ]
    return _short(rows, total=len(mine), url=reverse("desk-directives"))


def _to_sign(visit: Visit) -> Iterator[Waiting]:
    """Drafts of others in the units for which one signs."""
    units = directives.signing_units(visit.sight)
    drafts = DirectiveVersion.objects.filter(
        published_at__isnull=True,
        directive__withdrawn_at__isnull=True,
        directive__issuer_id__in=units,
    ).exclude(drafted_by=visit.person)
    for draft in drafts.select_related("directive__issuer").order_by("drafted_at")[:MOST]:
        yield Waiting(
            what=draft.title,
            asked=_("read it and sign"),
            url=reverse("desk-directive", args=[draft.directive_id]),
            due_at=draft.acknowledge_due_at,
            detail=draft.directive.issuer.name,
        )


def _feedback(visit: Visit) -> Iterator[Waiting]:
    """Feedback that came to one's units: one row for each directive."""
    judging = directives.judging_units(visit.sight)
    waiting = Feedback.objects.filter(
        Q(receipt__parent__unit_id__in=judging)
        | Q(receipt__parent__isnull=True, receipt__version__directive__issuer_id__in=judging),
        is_accepted__isnull=True,
        receipt__unit_id__in=visit.sight.figure_units,
        receipt__version__superseded_at__isnull=True,
        receipt__version__directive__withdrawn_at__isnull=True,
    )
    rows = waiting.order_by("given_at").values_list(
        "receipt__version__directive_id", "receipt__version__title", "receipt__unit__name"
    )
    found: dict[int, tuple[str, list[str]]] = {}
    for pk, title, unit in rows[:200]:
        found.setdefault(pk, (title, []))[1].append(unit)
    for pk, (title, names) in list(found.items())[:MOST]:
        yield Waiting(
            what=title,
            asked=_("answers to look at: %(n)s") % {"n": len(names)},
            url=reverse("desk-directive-relay", args=[pk]),
            detail="、".join(names[:3]) + ("…" if len(names) > 3 else ""),
        )


def _items(visit: Visit) -> Iterator[Waiting]:
    """Matters that are one's own to do, and those of others that wait to be checked."""
    State = SupervisionItem.State
    checked = Q(assigned_by=visit.person) | Q(unit_id__in=directives.supervised_units(visit.sight))
    mine = Q(state__in=[State.OPEN, State.UNDER_WAY], owner=visit.person)
    to_check = Q(state=State.TO_CHECK) & checked & ~Q(owner=visit.person)
    found = SupervisionItem.objects.filter(mine | to_check).select_related("unit")
    rows = list(found.order_by("due_at", "number")[: MOST + 1])
    shown = [
        Waiting(
            what=f"{one.number} {one.title}",
            asked=_("check it") if one.state == State.TO_CHECK else _("do it and write it down"),
            url=reverse("desk-item", args=[one.pk]),
            due_at=None if one.state == State.TO_CHECK else one.due_at,
            detail=one.unit.name,
        )
        for one in rows[:MOST]
    ]
    total = found.count() if len(rows) > MOST else len(rows)
    return _short(shown, total=total, url=reverse("desk-items"))


# ---------------------------------------------------------------- duty


def _duty(visit: Visit) -> Iterator[Waiting]:
    me = visit.person
    for call in duty_queries.waiting_calls(me, at=visit.now)[:MOST]:
        yield Waiting(
            what=_("Drill"),
            asked=_("answer it: one tap"),
            url=reverse("desk-duty"),
            due_at=call.drill.ends_at,
        )
    for handover in duty_queries.open_handovers(person=me)[:MOST]:
        yield Waiting(
            what=_("Hand-over of the duty"),
            asked=_("read it and sign"),
            url=reverse("desk-duty-handover", args=[handover.pk]),
            detail=handover.unit.name,
        )
    asked = duty_queries.open_swaps(person=me).filter(asked_of=me, state="ASKED")
    to_approve = duty_queries.swaps_to_approve(duty.kept_units(visit.sight))
    swaps = [(one, _("say whether you take it")) for one in asked[:MOST]]
    swaps += [(one, _("approve it or not")) for one in to_approve[:MOST]]
    for swap, words in swaps:
        yield Waiting(
            what=_("%(a)s and %(b)s want to swap a shift")
            % {"a": swap.asked_by.name, "b": swap.asked_of.name},
            asked=words,
            url=reverse("desk-duty-swaps"),
            due_at=swap.shift.starts_at,
            detail=swap.shift.unit.name,
        )


def _facts(visit: Visit) -> Iterator[Waiting]:
    """A shift, an answer or a drill that was missed: the unit may say how it was."""
    own = Q(unit_id__in=duty.kept_units(visit.sight)) | Q(person=visit.person)
    waiting = DutyFact.objects.filter(own, replied_at__isnull=True).count()
    if waiting:
        yield Waiting(
            what=_("things that happened on duty: %(n)s") % {"n": waiting},
            asked=_("say how it was"),
            url=reverse("desk-duty-facts"),
        )


# ---------------------------------------------------------------- telling people


def _outreach(visit: Visit) -> Iterator[Waiting]:
    calls = outreach.calls(visit.sight).filter(assigned_to=visit.person, next_try_at__lte=visit.now)
    if n := calls.count():
        yield Waiting(
            what=_("%(n)s people have not confirmed") % {"n": n},
            asked=_("ring them"),
            url=reverse("desk-outreach-calls"),
        )
    if n := outreach.corrections(visit.sight).count():
        yield Waiting(
            what=_("%(n)s numbers to correct") % {"n": n},
            asked=_("find the right number"),
            url=reverse("desk-outreach-calls") + "#h-numbers",
        )
    postings = outreach_queries.open_postings(outreach.posting_units(visit.sight))
    seen: set[int] = set()
    for posting in postings[:100]:
        if posting.campaign_id in seen or len(seen) == MOST:
            continue
        seen.add(posting.campaign_id)
        yield Waiting(
            what=posting.campaign.subject,
            asked=_("post it in the group and tick it"),
            url=reverse("desk-outreach-campaign", args=[posting.campaign_id]),
            detail=posting.place.name,
        )
