"""What the pages of a directive show: my part in it, the tree, what waits for me."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from lianfang.directives import access
from lianfang.directives.models import Attachment, DirectiveReceipt, DirectiveVersion, Feedback
from lianfang.directives.queries import Node, Relay, receipts_for, relay_time
from lianfang.directives.receiving import units_to_relay_to
from lianfang.directives.rules import Owed, State, owed, state_of
from lianfang.directives.words import duty_words, lacking_words, state_words
from lianfang.portal.edge import Visit
from lianfang.roster.models import Unit
from lianfang.rulebook.queries import rules_in_force

# The state word's class of each state (docs/pages.md).
KINDS = {
    State.NOT_REACHED: "unknown",
    State.WAITING: "",
    State.UNDER_WAY: "half",
    State.STOPPED: "now",
    State.IN_REVIEW: "today",
    State.ANSWERED: "done",
}


@dataclass(frozen=True, slots=True)
class Mine:
    """One receipt for which the visitor answers."""

    receipt: DirectiveReceipt
    owed: Owed | None
    state: State

    @property
    def kind(self) -> str:
        return KINDS[self.state]

    @property
    def words(self) -> str:
        return duty_words(self.owed.duty) if self.owed else state_words(self.state)

    @property
    def is_my_turn(self) -> bool:
        return self.owed is not None

    @property
    def duty(self) -> str:
        return self.owed.duty.value if self.owed else ""


def mine_of(receipts: Iterable[DirectiveReceipt], *, now: datetime) -> list[Mine]:
    """My receipts with what is owed; the receipts come with version and directive."""
    time = relay_time(rules_in_force(now))
    found = []
    for receipt in receipts:
        version = receipt.version
        asks = version.is_in_force and version.directive.withdrawn_at is None
        turn = owed(receipt.facts, relay_time=time) if asks else None
        found.append(Mine(receipt, turn, state_of(receipt.facts, turn, now=now)))
    return found


def my_open(visit: Visit) -> list[Mine]:
    """What waits for this visitor, the most pressing first."""
    if visit.account.person is None:
        return []
    receipts = receipts_for(visit.person, posts=visit.sight.posts).filter(
        version__superseded_at=None, version__directive__withdrawn_at=None
    )
    mine = [one for one in mine_of(receipts, now=visit.now) if one.is_my_turn]
    return sorted(mine, key=lambda one: one.owed.due_at if one.owed else visit.now)


@dataclass(frozen=True, slots=True)
class Part:
    """My part in one version: the receipt, what can be done with it, what came of it."""

    mine: Mine
    more_units: list[Unit]
    feedbacks: list[Feedback]

    @property
    def may_feed_back(self) -> bool:
        receipt = self.mine.receipt
        return (
            receipt.acknowledged_at is not None
            and receipt.accepted_at is None
            and (receipt.fed_back_at is None or receipt.returned_at is not None)
            and receipt.feedback_due_at is not None
        )

    @property
    def may_relay(self) -> bool:
        receipt = self.mine.receipt
        can = receipt.has_below or bool(self.more_units)
        return receipt.acknowledged_at is not None and receipt.relayed_at is None and can


def parts_of(version: DirectiveVersion, visit: Visit) -> list[Part]:
    if visit.account.person is None or not version.is_published:
        return []
    receipts = receipts_for(visit.person, posts=visit.sight.posts).filter(version=version)
    return [
        Part(
            mine=one,
            more_units=[]
            if one.receipt.has_below
            else units_to_relay_to(one.receipt, now=visit.now),
            feedbacks=list(
                one.receipt.feedbacks.select_related("given_by", "reviewed_by")
                .prefetch_related("attachments")
                .order_by("number")
            ),
        )
        for one in mine_of(receipts, now=visit.now)
        if one.receipt.delivered_at is not None
    ]


def to_judge(relay: Relay, visit: Visit) -> list[Feedback]:
    """Feedback that waits for this visitor's word, oldest first."""
    waiting = [
        node.receipt.pk
        for node in relay.reviews
        if node.receipt.unit_id in visit.sight.figure_units
    ]
    feedbacks = (
        Feedback.objects.filter(receipt__in=waiting, is_accepted__isnull=True)
        .select_related(
            "receipt__unit", "receipt__parent__unit", "receipt__version__directive", "given_by"
        )
        .order_by("given_at")
    )
    mine = [one for one in feedbacks if access.judges(one.receipt, sight=visit.sight)]
    files: dict[int, list[Attachment]] = {}
    for file in Attachment.objects.filter(feedback__in=mine).defer("content"):
        files.setdefault(file.feedback_id or 0, []).append(file)
    for one in mine:
        one.files = files.get(one.pk, [])  # type: ignore[attr-defined]  # for the template
    return mine


@dataclass(frozen=True, slots=True)
class Row:
    """One unit of the tree as the page shows it, with the units right below it."""

    node: Node
    in_sight: bool
    below: list[Row]

    @property
    def kind(self) -> str:
        return KINDS[self.node.state]

    @property
    def words(self) -> str:
        node = self.node
        if node.owed is not None and node.state is State.STOPPED:
            return lacking_words(node.owed.duty)
        return state_words(node.state)

    @property
    def counts(self) -> dict[str, int]:
        """How many of the units at and below this one are in each state."""
        return {state.value: n for state, n in self.node.counts.items()}

    @property
    def reached(self) -> int:
        return sum(n for state, n in self.node.counts.items() if state.is_reached)

    @property
    def size(self) -> int:
        return self.node.counts.total()

    @property
    def has_stop(self) -> bool:
        return self.node.counts[State.STOPPED] > 0

    @property
    def dots(self) -> list[Row]:
        """Every unit at and below, for the picture: one small square each."""
        return [self, *(dot for row in self.below for dot in row.dots)]


def rows_of(relay: Relay, visit: Visit) -> list[Row]:
    """The tree, branches with a stop first; only what the visitor may see of it."""
    return _rows(relay.tops, visit.sight.figure_units, issuer_sees_all=True)


def _rows(nodes: list[Node], sight: frozenset[int], *, issuer_sees_all: bool) -> list[Row]:
    rows = [
        Row(
            node,
            node.receipt.unit_id in sight,
            _rows(node.below, sight, issuer_sees_all=issuer_sees_all),
        )
        for node in nodes
    ]
    shown = [row for row in rows if row.in_sight or row.below]
    return sorted(shown, key=lambda row: not row.has_stop)
