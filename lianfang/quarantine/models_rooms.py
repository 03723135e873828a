"""Rooms and beds for quarantine: who keeps them, who stayed where, what is to be cleaned."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianfang.roster.models import Person


class Building(models.Model):
    """A house with rooms for quarantine."""

    name = models.CharField(max_length=60, unique=True)
    address = models.CharField(max_length=200, blank=True)
    is_open = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"{self.name} (building {self.pk})"


class Keeper(models.Model):
    """Looks after the rooms of a building: sees names, rooms and needs there, never the reason."""

    building = models.ForeignKey(Building, on_delete=models.CASCADE, related_name="keepers")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    held_from = models.DateField()
    held_until = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["building", "person"],
                condition=Q(held_until__isnull=True),
                name="quarantine_one_keeper_row",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} keeps {self.building_id} (keeper {self.pk})"


class Room(models.Model):
    building = models.ForeignKey(Building, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(max_length=20)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["building", "name"], name="quarantine_one_room_of_a_name"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.building_id}-{self.name} (room {self.pk})"


class Bed(models.Model):
    """Free → occupied → to clean → free. `order` is who lies there now.

    Assigning is a conditional UPDATE on the state: of two at the same moment one gets the bed.
    """

    class State(models.TextChoices):
        FREE = "FREE", _("free")
        OCCUPIED = "OCCUPIED", _("occupied")
        TO_CLEAN = "TO_CLEAN", _("to be cleaned")
        CLOSED = "CLOSED", _("not in use")

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="beds")
    name = models.CharField(max_length=10)
    state = models.CharField(max_length=8, choices=State, default=State.FREE)
    order = models.ForeignKey(
        "quarantine.Order", on_delete=models.PROTECT, null=True, related_name="beds"
    )
    since_at = models.DateTimeField(null=True)
    cleaned_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    cleaned_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["room", "name"], name="quarantine_one_bed_of_a_name"),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(order__isnull=False),
                name="quarantine_one_bed_per_order",
            ),
            models.CheckConstraint(
                condition=Q(state="OCCUPIED", order__isnull=False)
                | (~Q(state="OCCUPIED") & Q(order__isnull=True)),
                name="quarantine_occupied_means_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room_id}-{self.name} (bed {self.pk})"


class Stay(models.Model):
    """Who lay in which bed, from when to when: the history that a move leaves behind."""

    order = models.ForeignKey("quarantine.Order", on_delete=models.PROTECT, related_name="stays")
    bed = models.ForeignKey(Bed, on_delete=models.PROTECT, related_name="stays")
    stayed_from = models.DateTimeField()
    stayed_until = models.DateTimeField(null=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(stayed_until__isnull=True),
                name="quarantine_one_open_stay_per_order",
            ),
            models.UniqueConstraint(
                fields=["bed"],
                condition=Q(stayed_until__isnull=True),
                name="quarantine_one_open_stay_per_bed",
            ),
        ]

    def __str__(self) -> str:
        return f"order {self.order_id} in bed {self.bed_id} (stay {self.pk})"
