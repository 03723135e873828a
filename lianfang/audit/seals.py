"""Seals over the audit trail: who changes it past the product's own guards is found out.

The triggers of the database refuse a change, and whoever owns the database can take them away.
A seal holds a keyed mark of every entry of a stretch, and its own mark covers the one before it;
the key lies outside the database. `verify` finds what was altered, taken out or put in, row by
row. What it cannot see: the newest entries, not sealed yet (`LAG`), and a chain cut off at its
end together with its entries, unless somebody kept a later head (`verify` prints it).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import takewhile

from django.db import IntegrityError

from lianfang.audit.models import Entry, Seal
from lianfang.installation.turns import write_turn
from lianfang.vault.fields import keyring

logger = logging.getLogger(__name__)

# An entry of a transaction that takes long is seen late: nothing younger than this is sealed.
LAG = timedelta(minutes=10)
PATIENCE = timedelta(minutes=20)
MOST = 500
_MARK = 16  # hex digits of an entry's mark

Progress = Callable[[int], None]


class FaultKind(StrEnum):
    ALTERED = "altered"  # the entry is not what was sealed
    REMOVED = "removed"
    ADDED = "added"  # put among entries that were sealed before
    BROKEN_SEAL = "broken-seal"  # the seal itself, or its place in the chain


@dataclass(frozen=True, slots=True)
class Fault:
    """`number` is an entry's, or a seal's where that is broken."""

    kind: FaultKind
    number: int


@dataclass(slots=True)
class Verdict:
    """`head` is the mark of the last seal (empty: nothing is sealed yet)."""

    entries: int = 0
    seals: int = 0
    unsealed: int = 0
    head: str = ""
    knows_head: bool = True
    faults: list[Fault] = field(default_factory=list)


# ---------------------------------------------------------------- sealing


def seal_next(*, now: datetime) -> Seal | None:
    """Seal the next stretch when its first entry has waited long enough. Two workers may try at
    once: a stretch begins after one entry only once, and the second finds it sealed.
    """
    before = Seal.objects.order_by("-pk").first()
    after = before.last if before else 0
    waiting = Entry.objects.filter(pk__gt=after).order_by("pk")
    oldest = waiting.values_list("at", flat=True).first()
    if oldest is None or oldest > now - PATIENCE:
        return None
    ripe = list(takewhile(lambda one: one.at <= now - LAG, waiting[:MOST]))
    made = Seal(
        after=after,
        last=ripe[-1].pk,
        marks=",".join(f"{one.pk}:{_mark_of(one)}" for one in ripe),
        sealed_at=now,
    )
    made.mark = _seal_mark(made, before.mark if before else "")
    try:
        with write_turn():
            made.save(force_insert=True)
    except IntegrityError:
        return None
    logger.info("The audit trail is sealed up to entry %s: %s", made.last, made.mark)
    return made


def _mark_of(entry: Entry) -> str:
    return _keyed(
        entry.pk, entry.at.astimezone(UTC).isoformat(), entry.actor_kind, entry.actor_id,
        entry.actor_label, entry.verb, entry.subject, entry.subject_id, entry.concerns,
        entry.detail,
    )[:_MARK]  # fmt: skip


def _seal_mark(seal: Seal, before: str) -> str:
    return _keyed(before, seal.after, seal.last, seal.marks)


def _keyed(*values: object) -> str:
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, default=str)
    return keyring().blind(text, place="audit.seal")


# ---------------------------------------------------------------- looking


def verify(*, head: str = "", progress: Progress = lambda _done: None) -> Verdict:
    """Compare every sealed entry with its mark. `head`: one that somebody noted earlier."""
    verdict = Verdict(knows_head=not head)
    before, reached = "", 0
    for seal in Seal.objects.order_by("pk").iterator(chunk_size=50):
        verdict.seals += 1
        if seal.mark != _seal_mark(seal, before) or seal.after != reached:
            verdict.faults.append(Fault(FaultKind.BROKEN_SEAL, seal.pk))
        verdict.faults += _faults_in(seal)
        before, reached = seal.mark, max(seal.last, reached)
        verdict.knows_head |= seal.mark == head
        verdict.entries += seal.marks.count(":")
        progress(verdict.entries)
    verdict.head = before
    verdict.unsealed = Entry.objects.filter(pk__gt=reached).count()
    return verdict


def _faults_in(seal: Seal) -> Iterator[Fault]:
    marks = dict(_read(seal.marks))
    there = set()
    for entry in Entry.objects.filter(pk__gt=seal.after, pk__lte=seal.last).order_by("pk"):
        there.add(entry.pk)
        sealed = marks.get(entry.pk)
        if sealed is None:
            yield Fault(FaultKind.ADDED, entry.pk)
        elif sealed != _mark_of(entry):
            yield Fault(FaultKind.ALTERED, entry.pk)
    for number in marks.keys() - there:
        yield Fault(FaultKind.REMOVED, number)


def _read(marks: str) -> Iterator[tuple[int, str]]:
    """What cannot be read was tampered with: its seal is broken, and names no entry."""
    for one in marks.split(","):
        number, _, mark = one.partition(":")
        if number.isascii() and number.isdecimal():
            yield int(number), mark
