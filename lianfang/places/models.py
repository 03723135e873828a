"""Areas of high incidence and designated hospitals, each with its half-open period."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q


class AreaImport(models.Model):
    """One list of areas as it was read. `rule` is the column that decided, where there were several.

    `last_day` of a by-day list tells up to which day somebody has looked. `as_of_on` is the day
    of the edition: its last day, or for named periods the day of its paper. `number` counts the
    lists: of two imports that started from the same list only one can take the next number.
    """

    class Layout(models.TextChoices):
        BY_DAY = "BY_DAY"
        PERIODS = "PERIODS"

    number = models.PositiveIntegerField(unique=True)
    layout = models.CharField(max_length=10, choices=Layout)
    rule = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    first_day = models.DateField()
    last_day = models.DateField()
    as_of_on = models.DateField()
    imported_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.source} {self.first_day}..{self.last_day} (area import {self.pk})"


class RiskArea(models.Model):
    """A division stood on the list from a day to a day, as we knew it from a moment to a moment.

    Rows are never changed in what they say: a newer list ends the knowledge of a row and adds
    another. So "was it listed?" can be asked as known now, or as known when somebody reported.
    """

    area_code = models.CharField(max_length=6)
    name = models.CharField(max_length=60)
    level = models.CharField(max_length=20, blank=True)
    listed_on = models.DateField()
    delisted_on = models.DateField(null=True)
    source = models.CharField(max_length=200)
    known_from_at = models.DateTimeField()
    known_until_at = models.DateTimeField(null=True)
    came_with = models.ForeignKey(AreaImport, on_delete=models.PROTECT, related_name="areas")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["area_code", "listed_on"],
                condition=Q(known_until_at__isnull=True),
                name="places_one_current_listing_from_a_day",
            ),
            models.CheckConstraint(
                condition=Q(delisted_on__isnull=True) | Q(delisted_on__gt=F("listed_on")),
                name="places_listing_ends_after_it_begins",
            ),
        ]
        indexes: ClassVar = [
            # was this county, its city or its province listed on a day
            models.Index(fields=["area_code", "listed_on"], name="places_listing_of_area"),
            # the whole list of a day, as known now
            models.Index(
                fields=["listed_on", "delisted_on"],
                name="places_current_listings",
                condition=Q(known_until_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area_code} {self.name} from {self.listed_on} (risk area {self.pk})"


class DesignatedHospital(models.Model):
    """An institution that was named for people with symptoms, and the paper that named it.

    `county_name` is as printed: a development zone has no code and is found by its city.
    """

    province_code = models.CharField(max_length=6)
    city_code = models.CharField(max_length=6, blank=True)
    county_code = models.CharField(max_length=6, blank=True)
    county_name = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=60, blank=True)
    address = models.CharField(max_length=200, blank=True)
    listed_on = models.DateField()
    delisted_on = models.DateField(null=True)
    source = models.CharField(max_length=300)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["province_code", "city_code", "county_name", "name", "kind"],
                condition=Q(delisted_on__isnull=True),
                name="places_one_open_entry_of_a_hospital",
            ),
            models.CheckConstraint(
                condition=Q(delisted_on__isnull=True) | Q(delisted_on__gt=F("listed_on")),
                name="places_hospital_ends_after_it_begins",
            ),
        ]
        indexes: ClassVar = [
            # hospitals near a county: by county, then city, then province
            models.Index(
                fields=["province_code", "city_code", "county_code"], name="places_hospital_near"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} (hospital {self.pk})"
