"""Whoever changes the trail past the product is found out, entry by entry."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction

from lianfang.audit import operations as audit
from lianfang.audit import seals
from lianfang.audit.models import Entry, Seal
from lianfang.audit.seals import Fault, FaultKind
from lianfang.commands.main import DONE, PROBLEMS, main
from lianfang.installation.operations import found
from lianfang.kernel.actors import SYSTEM
from lianfang.usecases import workers

pytestmark = pytest.mark.django_db(transaction=True)
THEN = datetime(2020, 2, 1, tzinfo=UTC)
LATER = THEN + timedelta(hours=1)


def write(count: int, *, at: datetime = THEN) -> None:
    audit.record_many(
        audit.entry(
            verb="roster.person.seen", actor=SYSTEM, subject=None, now=at, concerns=n, why=f"因{n}"
        )
        for n in range(count)
    )


@pytest.fixture
def trail(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Sixty entries under six seals, and the triggers out of the way of an attacker."""
    monkeypatch.setattr(seals, "MOST", 10)
    write(60)
    while seals.seal_next(now=LATER):
        pass
    let_everything_through()
    return list(Entry.objects.order_by("pk").values_list("pk", flat=True))


def let_everything_through() -> None:
    names = {
        "sqlite": "SELECT 'DROP TRIGGER ' || name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT 'SET session_replication_role = replica'",
    }
    with connection.cursor() as cursor:
        cursor.execute(names[connection.vendor])
        for (statement,) in cursor.fetchall():
            cursor.execute(statement)


@pytest.fixture(autouse=True)
def guards_come_back() -> object:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = [sql for (sql,) in cursor.fetchall()]
    yield
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger'")
            left = {sql for (sql,) in cursor.fetchall()}
            for sql in triggers:
                if sql not in left:
                    cursor.execute(sql)
        else:
            cursor.execute("SET session_replication_role = DEFAULT")


def test_a_trail_that_nobody_touched_is_sound(trail: list[int]) -> None:
    write(3, at=LATER)
    verdict = seals.verify()
    assert (verdict.entries, verdict.seals, verdict.unsealed) == (60, 6, 3)
    assert (verdict.faults, verdict.knows_head) == ([], True)
    assert verdict.head == Seal.objects.latest("pk").mark


def test_every_one_of_three_hundred_tamperings_is_located(trail: list[int]) -> None:
    chance = Random(1854)
    for _turn in range(300):
        number = chance.choice(trail)
        kind = chance.choice(["alter", "remove", "add", "exchange"])
        with transaction.atomic():
            expected = tamper(kind, number, chance)
            assert set(seals.verify().faults) == expected, (kind, number)
            transaction.set_rollback(True)
    assert seals.verify().faults == []


def tamper(kind: str, number: int, chance: Random) -> set[Fault]:
    rows = Entry.objects.filter(pk=number)
    match kind:
        case "alter":
            changes: list[dict[str, Any]] = [
                {"verb": "roster.person.seem"}, {"actor_label": "x"}, {"concerns": None},
                {"at": THEN + timedelta(microseconds=1)}, {"detail": {"why": "别的"}},
                {"subject": "roster.Person"}, {"subject_id": 7}, {"actor_id": 1},
            ]  # fmt: skip
            rows.update(**chance.choice(changes))
            return {Fault(FaultKind.ALTERED, number)}
        case "remove":
            rows.delete()
            return {Fault(FaultKind.REMOVED, number)}
        case "add":
            rows.delete()
            copy = Entry.objects.exclude(pk=number).latest("pk")
            copy.pk = number
            copy.save(force_insert=True)  # another act in the place of this one
            return {Fault(FaultKind.ALTERED, number)}
        case _:
            other = number + 1 if Entry.objects.filter(pk=number + 1).exists() else number - 1
            one, two = Entry.objects.get(pk=number), Entry.objects.get(pk=other)
            one.pk, two.pk = two.pk, one.pk
            one.save(force_update=True)
            two.save(force_update=True)
            return {Fault(FaultKind.ALTERED, number), Fault(FaultKind.ALTERED, other)}


def test_an_entry_put_among_sealed_ones_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    write(3)
    gap = Entry.objects.order_by("pk")[1]
    let_everything_through()
    Entry.objects.filter(pk=gap.pk).delete()  # a number that was never used
    seals.seal_next(now=LATER)
    gap.save(force_insert=True)
    assert seals.verify().faults == [Fault(FaultKind.ADDED, gap.pk)]


def test_a_seal_that_was_altered_or_taken_out_breaks_the_chain(trail: list[int]) -> None:
    second, third = Seal.objects.order_by("pk")[1:3]
    with transaction.atomic():
        Seal.objects.filter(pk=second.pk).update(marks=second.marks.replace(":", ":0"))
        assert Fault(FaultKind.BROKEN_SEAL, second.pk) in seals.verify().faults
        transaction.set_rollback(True)
    with transaction.atomic():
        second.delete()
        assert seals.verify().faults == [Fault(FaultKind.BROKEN_SEAL, third.pk)]
        transaction.set_rollback(True)


def test_an_end_that_was_cut_off_is_missed_by_whoever_noted_the_head(trail: list[int]) -> None:
    last = Seal.objects.latest("pk")
    assert seals.verify(head=last.mark).knows_head
    Entry.objects.filter(pk__gt=last.after).delete()
    last.delete()
    verdict = seals.verify(head=last.mark)
    assert (verdict.faults, verdict.knows_head) == ([], False)


def test_young_entries_wait_and_a_stretch_is_sealed_once() -> None:
    write(2)
    write(2, at=THEN + timedelta(minutes=25))
    assert seals.seal_next(now=THEN + timedelta(minutes=19)) is None
    made = seals.seal_next(now=THEN + timedelta(minutes=30))
    assert made is not None
    assert made.marks.count(":") == 2  # the two younger ones may have elder siblings under way
    assert seals.seal_next(now=THEN + timedelta(minutes=30)) is None


def test_the_workers_seal_as_they_go() -> None:
    write(2)
    workers.sweep(LATER, "time-1")
    assert Seal.objects.get().marks.count(":") == 2


def test_the_command_names_what_was_changed(
    trail: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    found(name="示例职业技术学院", is_exercise=True, now=THEN)
    assert main(["--lang", "en", "audit", "verify"]) == DONE
    assert "problems: 0" in capsys.readouterr().out
    Entry.objects.filter(pk=trail[3]).update(verb="roster.person.moved")
    assert main(["--lang", "zh", "audit", "verify"]) == PROBLEMS
    assert f"第 {trail[3]} 条记录写入后被改动" in capsys.readouterr().out
    assert main(["audit", "verify", "--json", "--head", "0" * 32]) == PROBLEMS
    said = json.loads(capsys.readouterr().out)
    assert (said["sound"], said["knows_head"]) == (False, False)
    assert said["faults"] == [{"kind": "altered", "number": trail[3]}]
