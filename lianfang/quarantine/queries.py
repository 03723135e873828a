"""Questions about orders, rooms and needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from django.db.models import Count, Max, QuerySet

from lianfang.incidents.models import Incident
from lianfang.kernel.clock import SHANGHAI, at_local, reporting_day
from lianfang.quarantine import rules
from lianfang.quarantine.models import Bed, Building, Check, Keeper, Need, Order, Room
from lianfang.quarantine.rules import Entry, Facts, Item, Slot
from lianfang.roster.models import Person
from lianfang.roster.queries import held_on
from lianfang.rulebook.quarantine_policy import QuarantinePolicy

FEVER = {"axilla": 37.3, "forehead": 36.8}  # where an edition names none
WAITS = (Need.State.OPEN, Need.State.TAKEN)


def running_order_of(person: Person) -> Order | None:
    return (
        Order.objects.filter(person=person, state=Order.State.RUNNING)
        .select_related("person", "unit", "carer", "edition")
        .first()
    )


def ended_orders_of(person: Person) -> list[Order]:
    """The newest first."""
    found = Order.objects.filter(person=person).exclude(state=Order.State.RUNNING)
    return list(found.order_by("-ended_at", "-id")[:20])


def orders_of_units(units: Collection[int], *, running: bool = True) -> QuerySet[Order]:
    """Orders of people of these units; the running ones by their planned end."""
    found = Order.objects.filter(unit_id__in=units).select_related("person", "unit", "carer")
    if running:
        return found.filter(state=Order.State.RUNNING).order_by("held_until", "id")
    return found.exclude(state=Order.State.RUNNING).order_by("-ended_at", "-id")


def checks_of(order: Order) -> list[Check]:
    """The current check of every slot, the newest day first."""
    found = order.checks.filter(is_current=True).select_related("noted_by")
    return sorted(found, key=lambda one: (one.day, one.slot == "EVENING"), reverse=True)


def entry_of(check: Check) -> Entry:
    heat = check.findings.get("temperature")
    return Entry(
        day=check.day,
        slot=check.slot,
        temperature=Decimal(heat) if heat else None,
        is_unwell=bool(check.findings.get("symptoms")),
        is_kept=check.is_kept,
    )


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an order is: its checks, what is missing, and the checklist of its release."""

    checks: list[Check]
    missing: list[Slot]
    day_number: int
    items: list[Item]

    @property
    def is_ready(self) -> bool:
        return rules.is_ready(self.items)


def progress_of(order: Order, *, policy: QuarantinePolicy, now: datetime) -> Progress:
    """Everything that the checklist needs, asked once."""
    checks = checks_of(order)
    entries = [entry_of(one) for one in checks]
    missing = missing_of(order, entries, policy=policy, now=now)
    today = reporting_day(now)
    ill = [one.day for one in checks if is_ill(one)]
    facts = Facts(
        today=today,
        held_until=order.held_until,
        last_ill_on=max(ill, default=None),
        well_days=policy.well_days,
        missing=len(missing),
        kept_broken=sum(not entry.is_kept for entry in entries),
        open_incident=Incident.objects.filter(person_id=order.person_id)
        .exclude(state=Incident.State.CLOSED)
        .exists(),
        paper_needed=order.needs_paper,
        paper=order.release_paper,
    )
    day_zero = order.last_contact_on or order.held_from
    return Progress(checks, missing, max((today - day_zero).days, 0), rules.checklist(facts))


def is_ill(check: Check) -> bool:
    """Whether a check shows a fever or a symptom."""
    limit = FEVER.get(check.findings.get("site", ""), FEVER["axilla"])
    return rules.is_ill(entry_of(check), fever=limit)


def missing_of(
    order: Order, entries: Iterable[Entry], *, policy: QuarantinePolicy, now: datetime
) -> list[Slot]:
    """Slots that are over and hold nothing. On the day of recording only what came after it."""
    if order.held_from == reporting_day(order.recorded_at):
        begun_at = order.recorded_at
    else:
        begun_at = at_local(order.held_from, time(0, 0))
    due = rules.slots_due(
        held_from=order.held_from,
        held_until=order.held_until,
        begun_at=begun_at,
        now=now.astimezone(SHANGHAI),
        slots=policy.slots,
        ends={slot: policy.slot_ends(slot) for slot in policy.slots},
    )
    return rules.missing_slots(due, entries, order.explained_days.values_list("day", flat=True))


# ---------------------------------------------------------------- rooms and beds


def kept_buildings(person: Person, *, day: date) -> list[int]:
    """Buildings whose rooms this person looks after that day."""
    return list(
        Keeper.objects.filter(held_on(day), person=person).values_list("building_id", flat=True)
    )


@dataclass(frozen=True, slots=True)
class House:
    """A building at a moment: its rooms with their beds, and how many of which kind."""

    building: Building
    rooms: list[tuple[Room, list[Bed]]]
    free: int
    occupied: int
    to_clean: int
    next_free_on: date | None

    @property
    def capacity(self) -> int:
        return self.free + self.occupied + self.to_clean


def houses(*, only: Collection[int] | None = None) -> list[House]:
    """Every open building with its beds: three queries, however many rooms."""
    buildings = Building.objects.filter(is_open=True).order_by("name")
    if only is not None:
        buildings = buildings.filter(pk__in=only)
    beds = (
        Bed.objects.filter(room__building__in=buildings)
        .select_related("room__building", "order__person", "order__unit", "cleaned_by")
        .order_by("room__name", "name", "id")
    )
    by_building: dict[int, list[Bed]] = {}
    for bed in beds:
        by_building.setdefault(bed.room.building_id, []).append(bed)
    return [_house(building, by_building.get(building.pk, [])) for building in buildings]


def _house(building: Building, beds: list[Bed]) -> House:
    rooms: dict[int, tuple[Room, list[Bed]]] = {}
    for bed in beds:
        rooms.setdefault(bed.room_id, (bed.room, []))[1].append(bed)
    count = {state: sum(bed.state == state for bed in beds) for state in Bed.State.values}
    ends = [bed.order.held_until for bed in beds if bed.order is not None]
    return House(
        building=building,
        rooms=list(rooms.values()),
        free=count["FREE"],
        occupied=count["OCCUPIED"],
        to_clean=count["TO_CLEAN"],
        next_free_on=None if count["FREE"] or count["TO_CLEAN"] else min(ends, default=None),
    )


def free_beds() -> QuerySet[Bed]:
    return (
        Bed.objects.filter(state=Bed.State.FREE, room__building__is_open=True)
        .select_related("room__building")
        .order_by("room__building__name", "room__name", "name")
    )


def beds_to_clean(*, only: Collection[int] | None = None) -> QuerySet[Bed]:
    """What waits for cleaning, the longest wait first."""
    found = Bed.objects.filter(state=Bed.State.TO_CLEAN).select_related("room__building")
    if only is not None:
        found = found.filter(room__building__in=only)
    return found.order_by("since_at", "id")


def bed_of(order: Order) -> Bed | None:
    return Bed.objects.filter(order=order).select_related("room__building").first()


# ---------------------------------------------------------------- needs


def waiting_needs() -> QuerySet[Need]:
    """Needs of running orders that nobody has settled, the most urgent first."""
    return (
        Need.objects.filter(state__in=WAITS)
        .select_related("order__person", "order__unit", "owner")
        .order_by("due_at", "id")
    )


def last_check_by_order(orders: Iterable[Order]) -> dict[int, date]:
    """The newest day that has a check, for each of many orders at once."""
    rows = Check.objects.filter(order__in=list(orders), is_current=True)
    found = rows.values("order").annotate(last=Max("day")).values_list("order", "last")
    return dict(found)


def open_needs_by_order(orders: Iterable[Order]) -> dict[int, int]:
    rows = Need.objects.filter(order__in=list(orders), state__in=WAITS)
    return dict(rows.values("order").annotate(n=Count("id")).values_list("order", "n"))


def by_bed(orders: Iterable[Order]) -> dict[int, Bed]:
    """Where each of these orders sleeps."""
    beds = Bed.objects.filter(order__in=list(orders)).select_related("room__building")
    return {bed.order_id: bed for bed in beds if bed.order_id}
