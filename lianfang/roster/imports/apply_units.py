"""Opening, changing, moving and closing the units of a plan."""

from __future__ import annotations

from datetime import datetime

from lianfang.audit import operations as audit
from lianfang.kernel.actors import Actor
from lianfang.roster import operations as roster
from lianfang.roster.imports.bulk import chunks, insert
from lianfang.roster.imports.changes import ImportPlan, UnitOpened
from lianfang.roster.imports.tree import Key
from lianfang.roster.models import Unit, UnitLink


class UnitWriter:
    """`pk_of` knows every unit of the plan once it has been opened."""

    def __init__(self, plan: ImportPlan, *, actor: Actor, now: datetime) -> None:
        self.plan = plan
        self.actor = actor
        self.now = now
        self.day = plan.as_of
        self.pk_of: dict[Key, int] = dict(plan.pk_of)

    def open_and_move(self) -> None:
        """Names first, so that a new unit may take a name that another one gives up."""
        for changed in self.plan.units_changed:
            if changed.fields:
                Unit.objects.filter(pk=changed.pk).update(**changed.fields)
        self._open()
        self._put_in_charge()
        self._note_changes()
        for moved in self.plan.units_moved:  # superiors stand before those below them
            unit, parent = (
                Unit.objects.get(pk=moved.pk),
                Unit.objects.get(pk=self.pk_of[moved.parent]),
            )
            roster.move_unit(unit=unit, parent=parent, day=self.day, actor=self.actor, now=self.now)

    def _open(self) -> None:
        """Level by level: a unit needs the key of its parent."""
        pending = list(self.plan.units_opened)
        above = _Lines({self.pk_of[u.parent] for u in pending if u.parent in self.pk_of})
        while pending:
            ready = [u for u in pending if u.parent is None or u.parent in self.pk_of]
            units = Unit.objects.bulk_create(self._unit(one) for one in ready)
            self.pk_of |= {one.key: unit.pk for one, unit in zip(ready, units, strict=True)}
            links = [
                (ancestor, unit.pk, depth, self.day)
                for unit in units
                for depth, ancestor in enumerate(above.add(unit))
            ]
            insert(UnitLink, ("ancestor_id", "descendant_id", "depth", "held_from"), links)
            audit.record_many(
                audit.entry(
                    verb="roster.unit.opened", actor=self.actor, subject=unit, now=self.now,
                    code=unit.code,
                )
                for unit in units
            )  # fmt: skip
            opened = {one.key for one in ready}
            pending = [one for one in pending if one.key not in opened]

    def _unit(self, one: UnitOpened) -> Unit:
        return Unit(
            tree=one.tree,
            kind=one.kind,
            code=one.code,
            name=one.name,
            parent_id=self.pk_of[one.parent] if one.parent else None,
            position=one.position,
            opened_on=self.day,
        )

    def _put_in_charge(self) -> None:
        """Which Party organisation each unit answers to; all of them exist by now."""
        told: list[tuple[int, Key | None]] = [
            (self.pk_of[one.key], one.answers_to) for one in self.plan.units_opened
        ]
        told += [(one.pk, one.answers_to) for one in self.plan.units_changed]
        by_organisation: dict[int, list[int]] = {}
        for pk, answers_to in told:
            if answers_to is not None:
                by_organisation.setdefault(self.pk_of[answers_to], []).append(pk)
        for organisation, units in by_organisation.items():
            for some in chunks(units):
                Unit.objects.filter(pk__in=some).update(answers_to_id=organisation)

    def _note_changes(self) -> None:
        audit.record_many(
            audit.entry(
                verb="roster.unit.changed", actor=self.actor, subject=Unit(pk=changed.pk),
                now=self.now,
                fields=sorted([*changed.fields, *(["answers_to"] if changed.answers_to else [])]),
            )
            for changed in self.plan.units_changed
        )  # fmt: skip

    def close(self) -> None:
        """Close what the import has emptied; those below stand before their superiors."""
        for closed in self.plan.units_closed:
            unit = Unit.objects.get(pk=closed.pk)
            links = UnitLink.objects.filter(descendant=unit, held_until__isnull=True)
            links.filter(held_from__gte=self.day).delete()
            roster.close_unit(unit=unit, day=self.day, actor=self.actor, now=self.now)


class _Lines:
    """The superiors of each unit, nearest first, itself at the head."""

    def __init__(self, parents: set[int]) -> None:
        self._of: dict[int, list[int]] = {}
        links = UnitLink.objects.filter(held_until__isnull=True).order_by("depth")
        for ancestor, descendant in links.values_list("ancestor_id", "descendant_id"):
            if descendant in parents:
                self._of.setdefault(descendant, []).append(ancestor)

    def add(self, unit: Unit) -> list[int]:
        above = self._of[unit.parent_id] if unit.parent_id else []
        self._of[unit.pk] = [unit.pk, *above]
        return self._of[unit.pk]
