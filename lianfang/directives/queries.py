"""Where did it stop, since when, whose turn is it: the questions about a directive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Prefetch, Q, QuerySet

from lianfang.directives.audience import answerable
from lianfang.directives.models import (
    Attachment,
    Directive,
    DirectiveReceipt,
    DirectiveVersion,
    Feedback,
)
from lianfang.directives.rules import Owed, State, owed, state_of
from lianfang.kernel.clock import reporting_day
from lianfang.roster.models import Person, Post
from lianfang.rulebook.queries import Rules, rules_in_force


def relay_time(rules: Rules) -> timedelta:
    return timedelta(minutes=int(rules.settings["relay_minutes"]))


def turn_of(receipt: DirectiveReceipt, *, now: datetime) -> Owed | None:
    """What this unit owes next. A version that was superseded or withdrawn owes nothing."""
    version = receipt.version
    if not version.is_in_force or version.directive.withdrawn_at is not None:
        return None
    return owed(receipt.facts, relay_time=relay_time(rules_in_force(now)))


@dataclass(slots=True)
class Node:
    """One unit on the relay page. `turn` is who must act; empty where nobody is on the post."""

    receipt: DirectiveReceipt
    owed: Owed | None
    state: State
    turn: list[Person] = field(default_factory=list)
    below: list[Node] = field(default_factory=list)

    @property
    def units(self) -> Iterator[Node]:
        """The node itself and everything below it."""
        yield self
        for node in self.below:
            yield from node.units

    @property
    def not_reached(self) -> list[Node]:
        """What lies behind this unit and has not been told."""
        return [node for node in self.units if node.state is State.NOT_REACHED]

    @property
    def counts(self) -> Counter[State]:
        return Counter(node.state for node in self.units)

    @property
    def since(self) -> datetime | None:
        """Since when it has been this unit's turn beyond its time (or simply its turn)."""
        if self.owed is None:
            return None
        return self.owed.due_at if self.state is State.STOPPED else self._turn_began

    @property
    def _turn_began(self) -> datetime | None:
        receipt = self.receipt
        moments = (receipt.returned_at, receipt.relayed_at, receipt.acknowledged_at)
        return next((moment for moment in moments if moment), receipt.delivered_at)


@dataclass(frozen=True, slots=True)
class Relay:
    """The whole picture of one version."""

    version: DirectiveVersion
    tops: list[Node]
    stops: list[Node]  # worst first: who holds up the most units, then the longest
    waiting: list[Node]
    reviews: list[Node]

    @property
    def nodes(self) -> Iterator[Node]:
        for top in self.tops:
            yield from top.units

    @property
    def counts(self) -> Counter[State]:
        return Counter(node.state for node in self.nodes)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def reached(self) -> int:
        return self.total - self.counts[State.NOT_REACHED]

    @property
    def acknowledged(self) -> int:
        return sum(1 for node in self.nodes if node.receipt.acknowledged_at)


def relay_of(version: DirectiveVersion, *, now: datetime) -> Relay:
    """Three queries, however many units there are: receipts, posts, exemptions within them."""
    time = relay_time(rules_in_force(now))
    in_force = version.is_in_force and version.directive.withdrawn_at is None
    nodes: dict[int, Node] = {}
    tops: list[Node] = []
    receipts = (
        version.receipts.select_related("unit", "person", "acknowledged_by", "relayed_by")
        .defer(*_sealed("person"), *_sealed("acknowledged_by"), *_sealed("relayed_by"))
        .order_by("unit__position", "unit__code", "role", "id")
    )
    for receipt in receipts:
        turn = owed(receipt.facts, relay_time=time) if in_force else None
        nodes[receipt.pk] = Node(receipt, turn, state_of(receipt.facts, turn, now=now))
    for node in nodes.values():
        above = nodes.get(node.receipt.parent_id or 0)
        (above.below if above else tops).append(node)
    _name_turns([node for node in nodes.values() if node.owed], now)
    stops = [node for node in nodes.values() if node.state is State.STOPPED]
    return Relay(
        version=version,
        tops=tops,
        stops=sorted(stops, key=_worst_first),
        waiting=[node for node in nodes.values() if node.state is State.WAITING],
        reviews=[node for node in nodes.values() if node.state is State.IN_REVIEW],
    )


def _sealed(person: str) -> list[str]:
    return [f"{person}__{name}" for name in ("phone", "email", "address")]


def _worst_first(node: Node) -> tuple[int, float, int]:
    since = node.since
    return (-len(node.not_reached), since.timestamp() if since else 0.0, node.receipt.pk)


def _name_turns(nodes: list[Node], now: datetime) -> None:
    held = answerable({node.receipt.unit_id for node in nodes}, day=reporting_day(now))
    for node in nodes:
        receipt = node.receipt
        if receipt.person is not None:
            node.turn = [receipt.person]
        else:
            node.turn = held.get((receipt.unit_id, receipt.role), [])


def version_in_force(directive: Directive) -> DirectiveVersion | None:
    """The published version that counts; after a withdrawal the last one that did."""
    published = directive.versions.filter(published_at__isnull=False)
    return published.select_related("directive__issuer").order_by("-number").first()


def directive_named(text: str) -> Directive | None:
    """By number, else by key."""
    found = Directive.objects.filter(number=text).first()
    if found is None and text.isascii() and text.isdecimal() and len(text) < 10:
        found = Directive.objects.filter(pk=int(text)).first()
    return found


def receipts_for(person: Person, *, posts: list[Post]) -> QuerySet[DirectiveReceipt]:
    """What is asked of this person: by name, by role, or of a unit for which they answer."""
    mine = Q(person=person)
    for post in posts:
        mine |= Q(person__isnull=True, unit_id=post.unit_id, role=post.role)
        if post.role in _ANSWERS_FOR:
            mine |= Q(person__isnull=True, unit_id=post.unit_id, role="")
    return (
        DirectiveReceipt.objects.filter(mine, version__published_at__isnull=False)
        .select_related("version__directive__issuer", "unit", "parent__unit")
        .order_by("-version__published_at", "unit__position", "id")
    )


_ANSWERS_FOR = frozenset(
    {
        Post.Role.RESPONSIBLE_HEAD,
        Post.Role.SECRETARY,
        Post.Role.COUNSELOR,
        Post.Role.LIAISON,
        Post.Role.LEADER,
        Post.Role.DUTY_OFFICER,
    }
)


# ---------------------------------------------------------------- what came back


@dataclass(frozen=True, slots=True)
class Total:
    """One number that was asked for, over the units that gave it. Who gave none is no zero."""

    name: str
    total: int
    gave: int
    asked: int


def latest_feedback(receipts: Iterable[int]) -> dict[int, Feedback]:
    """The last try of each receipt, with its evidence."""
    found = (
        Feedback.objects.filter(receipt__in=list(receipts))
        .select_related("given_by", "reviewed_by")
        .prefetch_related(
            Prefetch("attachments", Attachment.objects.defer("content").order_by("id"))
        )
        .order_by("receipt_id", "number")
    )
    return {one.receipt_id: one for one in found}


def totals(
    names: Sequence[str], nodes: Sequence[Node], given: Mapping[int, Feedback]
) -> list[Total]:
    """Over these units only: a unit's number often holds those of the units below it. What was
    returned does not count."""
    counted = [
        given[node.receipt.pk].figures
        for node in nodes
        if node.receipt.pk in given and given[node.receipt.pk].is_accepted is not False
    ]
    return [
        Total(
            name=name,
            total=sum(figures[name] for figures in counted if name in figures),
            gave=sum(name in figures for figures in counted),
            asked=len(nodes),
        )
        for name in names
    ]
