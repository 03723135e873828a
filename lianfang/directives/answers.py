"""What came back to a directive: each unit's last answer, and the numbers added up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lianfang.directives.models import DirectiveVersion, Feedback
from lianfang.directives.queries import Node, Relay, Total, latest_feedback, receipts_for, totals
from lianfang.roster.access import View as Sight


@dataclass(frozen=True, slots=True)
class Answer:
    """One unit; without feedback its state says how far it is instead."""

    node: Node
    feedback: Feedback | None


@dataclass(frozen=True, slots=True)
class Answers:
    """`first` adds up the units right below the issuer, `last` those with nobody below them."""

    rows: list[Answer]
    first: list[Total]
    last: list[Total]

    @property
    def given(self) -> int:
        return sum(row.feedback is not None for row in self.rows)

    @property
    def silent(self) -> int:
        return len(self.rows) - self.given


def answers_of(version: DirectiveVersion, relay: Relay, *, sight: Sight) -> Answers:
    """Only of units whose answers are for this viewer: the unit's own, and those below theirs."""
    mine: set[int] = set()
    if sight.person is not None:
        receipts = receipts_for(sight.person, posts=sight.posts).filter(version=version)
        mine = set(receipts.values_list("pk", flat=True))
    seen = [
        (node, depth)
        for node, depth in _deep(relay.tops, 0)
        if node.receipt.pk in mine or node.receipt.unit_id in sight.event_figure_units
    ]
    given = latest_feedback(node.receipt.pk for node, _depth in seen)
    top = [node for node, depth in seen if depth == 0]
    leaves = [node for node, depth in seen if depth and not node.below]
    return Answers(
        rows=[Answer(node, given.get(node.receipt.pk)) for node, _depth in seen],
        first=totals(version.asks, top, given),
        last=totals(version.asks, leaves, given),
    )


def _deep(nodes: list[Node], depth: int) -> Iterator[tuple[Node, int]]:
    for node in nodes:
        yield node, depth
        yield from _deep(node.below, depth + 1)
