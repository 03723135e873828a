"""The survey of trips and meetings. What somebody said is never overwritten: it gets a revision."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lianfang.roster.models import Person, Unit
from lianfang.vault.fields import SealedJSONField, SealedTextField


class Survey(models.Model):
    """A round of asking. Everybody answers once and then only on change; at most one is open.

    With `asks_anew` an answer of an earlier round counts only once its person has said that
    it still holds. `period_from` is the first day that is asked about.
    """

    class State(models.TextChoices):
        OPEN = "OPEN", _("open")
        CLOSED = "CLOSED", _("closed")

    state = models.CharField(max_length=6, choices=State, default=State.OPEN)
    period_from = models.DateField()
    asks_anew = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="OPEN"), name="surveys_one_open_round"
            ),
        ]

    def __str__(self) -> str:
        return f"survey since {self.opened_at:%Y-%m-%d} (survey {self.pk})"


class Source(models.TextChoices):
    """Who wrote an answer down."""

    SELF = "SELF", _("by the person")
    PROXY = "PROXY", _("by somebody else")
    PHONE = "PHONE", _("told by phone")


class SurveyResponse(models.Model):
    """One revision of what a person said of trips and meetings. The newest is `is_current`.

    Codes of places and days stand plain, because a list of areas that reaches back is compared
    with all of them; whatever is written in words is sealed (decision 0030).
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="survey_responses")
    survey = models.ForeignKey(
        Survey, on_delete=models.PROTECT, null=True, related_name="responses"
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveSmallIntegerField()
    is_current = models.BooleanField()
    answered_at = models.DateTimeField()
    confirmed_at = models.DateTimeField()
    county_code = models.CharField(max_length=6, blank=True)
    since_on = models.DateField()
    has_trips = models.BooleanField()
    has_meetings = models.BooleanField()
    community_told = models.BooleanField()
    words = SealedJSONField(blank=True)
    source = models.CharField(max_length=5, choices=Source)
    told_by = SealedTextField(blank=True)
    entered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    submission_key = models.CharField(max_length=64, unique=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "revision"], name="surveys_one_revision_of_a_person"
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(is_current=True), name="surveys_one_current_answer"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} r{self.revision} (survey response {self.pk})"

    @property
    def is_nothing(self) -> bool:
        return not (self.has_trips or self.has_meetings)


class Trip(models.Model):
    """A place between two days, both included. `words` holds number, seat and foreign place."""

    class Kind(models.TextChoices):
        STAY = "STAY", _("lived or stayed there")
        VISIT = "VISIT", _("visited the place")
        PASSING = "PASSING", _("passed through")
        CHANGE = "CHANGE", _("changed trains or planes")

    class Way(models.TextChoices):
        TRAIN = "TRAIN", _("train")
        COACH = "COACH", _("coach")
        PLANE = "PLANE", _("plane")
        CAR = "CAR", _("car")
        SHIP = "SHIP", _("ship")
        OTHER = "OTHER", _("another way")

    response = models.ForeignKey(SurveyResponse, on_delete=models.PROTECT, related_name="trips")
    position = models.PositiveSmallIntegerField()
    county_code = models.CharField(max_length=6, blank=True)
    arrived_on = models.DateField()
    left_on = models.DateField()
    kind = models.CharField(max_length=7, choices=Kind)
    way = models.CharField(max_length=5, choices=Way, blank=True)
    companions = models.PositiveSmallIntegerField(null=True)
    words = SealedJSONField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["response", "position"], name="surveys_one_trip_at_a_position"
            ),
            models.CheckConstraint(
                condition=Q(left_on__gte=F("arrived_on")),
                name="surveys_trip_ends_after_it_begins",
            ),
        ]
        indexes: ClassVar = [
            # who was in a listed county within the look-back
            models.Index(fields=["county_code", "left_on"], name="surveys_trips_to_a_place"),
        ]

    def __str__(self) -> str:
        return f"{self.county_code} {self.arrived_on}..{self.left_on} (trip {self.pk})"


class Meeting(models.Model):
    """Somebody met, and how. `words` holds who it was, how close and where."""

    class Kind(models.TextChoices):
        FROM_AREA = "FROM_AREA", _("somebody from an area of high incidence")
        SUSPECTED = "SUSPECTED", _("a suspected patient")
        CONFIRMED = "CONFIRMED", _("a confirmed patient")

    class Closeness(models.TextChoices):
        LIVED = "LIVED", _("lived together")
        CARED = "CARED", _("cared for the person")
        ONE_METRE = "ONE_METRE", _("within one metre")
        SAME_ROOM = "SAME_ROOM", _("in the same room")
        SAME_VEHICLE = "SAME_VEHICLE", _("in the same vehicle")
        BRIEFLY = "BRIEFLY", _("in passing")

    response = models.ForeignKey(SurveyResponse, on_delete=models.PROTECT, related_name="meetings")
    position = models.PositiveSmallIntegerField()
    met_on = models.DateField()
    last_met_on = models.DateField()
    kind = models.CharField(max_length=9, choices=Kind)
    from_code = models.CharField(max_length=6, blank=True)
    still_in_contact = models.BooleanField()
    words = SealedJSONField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["response", "position"], name="surveys_one_meeting_at_a_position"
            ),
            models.CheckConstraint(
                condition=Q(last_met_on__gte=F("met_on")),
                name="surveys_last_contact_is_not_before_the_first",
            ),
        ]
        indexes: ClassVar = [
            # meetings within the look-back
            models.Index(fields=["last_met_on"], name="surveys_meetings_of_late"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.last_met_on} (meeting {self.pk})"


class Attempt(models.Model):
    """Somebody was asked and no answer came of it. The last one stands until an answer comes."""

    class Outcome(models.TextChoices):
        REFUSED = "REFUSED", _("refused")
        UNREACHABLE = "UNREACHABLE", _("cannot be reached")
        MOVED = "MOVED", _("has moved away")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="survey_attempts")
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, null=True, related_name="attempts")
    outcome = models.CharField(max_length=11, choices=Outcome)
    note = SealedTextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes: ClassVar = [
            # the last attempt of each person without an answer
            models.Index(fields=["person", "-at"], name="surveys_last_attempt"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.outcome} (attempt {self.pk})"
