"""The duty roster: what must be manned, who stands there, and how that came about."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianfang.kernel.clock import SHANGHAI
from lianfang.roster.models import Person, Unit


class Days(models.TextChoices):
    """On which days something holds. A Saturday that is worked counts as a working day."""

    EVERY = "EVERY", _("on every day")
    WORKDAYS = "WORKDAYS", _("working days")
    FREE = "FREE", _("weekends and holidays")


class DutyPost(models.TextChoices):
    LEADER = "LEADER", _("leader on duty")
    OFFICER = "OFFICER", _("duty officer")
    UNIT = "UNIT", _("duty in the unit")
    DOCTOR = "DOCTOR", _("doctor on duty")
    GATE = "GATE", _("gate")


class Cover(models.Model):
    """A post of a unit that must be manned: between two times of day, or around the clock.

    `keeps_book`: whoever comes checks in, and the shift before hands over in writing.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="covers")
    post = models.CharField(max_length=8, choices=DutyPost)
    begins = models.TimeField(null=True)
    ends = models.TimeField(null=True)
    days = models.CharField(max_length=8, choices=Days, default=Days.EVERY)
    keeps_book = models.BooleanField(default=False)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit", "post"],
                condition=Q(closed_on__isnull=True),
                name="duty_one_open_cover_of_a_post",
            ),
            models.CheckConstraint(
                condition=Q(begins__isnull=True, ends__isnull=True)
                | Q(begins__isnull=False, ends__isnull=False),
                name="duty_cover_has_both_times_or_none",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post} of {self.unit_id} (cover {self.pk})"

    @property
    def is_around_the_clock(self) -> bool:
        return self.begins is None


class Rotation(models.Model):
    """Who takes turns on a post, in which order and at which times.

    `slots` is a list of `[begins, minutes]`, such as `[["22:00", 480]]`. Shifts are made from it
    as rows, up to `made_until` (exclusive); what was changed by hand is not made again.
    """

    class Turn(models.TextChoices):
        SHIFT = "SHIFT", _("the next person with every shift")
        DAY = "DAY", _("the next person every day")
        WEEK = "WEEK", _("the next person every Monday")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="rotations")
    post = models.CharField(max_length=8, choices=DutyPost)
    slots = models.JSONField(default=list)
    turn = models.CharField(max_length=8, choices=Turn, default=Turn.SHIFT)
    days = models.CharField(max_length=8, choices=Days, default=Days.EVERY)
    held_from = models.DateField()
    held_until = models.DateField(null=True)
    made_until = models.DateField()
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(held_until__isnull=True) | Q(held_until__gte=F("held_from")),
                name="duty_rotation_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post} of {self.unit_id} (rotation {self.pk})"

    @property
    def slot_words(self) -> str:
        """The times as people type them: 22:00-06:00, 08:00-08:00 for a full day."""
        words = []
        for begins, minutes in self.slots:
            start = datetime.strptime(begins, "%H:%M")  # noqa: DTZ007  (a time of day, no moment)
            words.append(f"{begins}-{start + timedelta(minutes=minutes):%H:%M}")
        return ", ".join(words)


class RotationMember(models.Model):
    """A place in the order of a rotation, with the deputy who stands in."""

    rotation = models.ForeignKey(Rotation, on_delete=models.CASCADE, related_name="members")
    position = models.PositiveSmallIntegerField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    deputy = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["rotation", "position"], name="duty_one_member_per_place"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.person_id} (member {self.pk})"


class DutyShift(models.Model):
    """One person on one post of one unit, half-open in time.

    `slot_at` is where its rotation put it; it stays when the shift is moved, so that the
    rotation never makes the same turn a second time.
    """

    Post = DutyPost

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="shifts")
    post = models.CharField(max_length=8, choices=DutyPost)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="shifts")
    deputy = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="deputy_shifts"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    rotation = models.ForeignKey(
        Rotation, on_delete=models.PROTECT, null=True, related_name="shifts"
    )
    slot_at = models.DateTimeField(null=True)
    is_by_hand = models.BooleanField(default=False)
    checked_in_at = models.DateTimeField(null=True)
    checked_in_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="duty_shift_ends_after_it_begins"
            ),
            models.UniqueConstraint(
                fields=["unit", "post", "person", "starts_at"], name="duty_one_shift_once"
            ),
            models.UniqueConstraint(
                fields=["rotation", "slot_at"],
                condition=Q(rotation__isnull=False),
                name="duty_one_shift_per_turn",
            ),
        ]
        indexes: ClassVar = [
            # who is on duty now
            models.Index(fields=["unit", "post", "starts_at"], name="duty_now"),
            # the shifts of one person: their calendar, and whether they stand in two places
            models.Index(fields=["person", "starts_at"], name="duty_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.post} {self.starts_at:%m-%d %H:%M} (shift {self.pk})"

    @property
    def hours(self) -> str:
        """22:00–06:00 next day; a shift that ends at midnight ends at 24:00 of its own day."""
        starts, ends = (m.astimezone(SHANGHAI) for m in (self.starts_at, self.ends_at))
        days = (ends.date() - starts.date()).days
        if days == 1 and not (ends.hour or ends.minute):
            return f"{starts:%H:%M}–24:00"
        clocks = {"starts": f"{starts:%H:%M}", "ends": f"{ends:%H:%M}"}
        if days == 0:
            return "{starts}–{ends}".format(**clocks)
        return gettext("%(starts)s–%(ends)s next day") % clocks


class ShiftChange(models.Model):
    """Somebody else, or another time, by agreement: from whom to whom, why, by whom."""

    class Kind(models.TextChoices):
        OVERRIDE = "OVERRIDE", _("stands in")
        SWAP = "SWAP", _("swapped")
        MOVED = "MOVED", _("other time")

    shift = models.ForeignKey(DutyShift, on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=8, choices=Kind)
    from_person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    to_person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} of {self.shift_id} (change {self.pk})"


class Swap(models.Model):
    """Asked by one, accepted by the other, approved by the head. It follows the shift's row.

    `in_return` is a shift of the other person that the asker takes; null when it is a favour.
    """

    class State(models.TextChoices):
        ASKED = "ASKED", _("asked")
        ACCEPTED = "ACCEPTED", _("accepted, waits for approval")
        APPROVED = "APPROVED", _("approved")
        DECLINED = "DECLINED", _("declined")
        REFUSED = "REFUSED", _("not approved")
        WITHDRAWN = "WITHDRAWN", _("withdrawn")

    shift = models.ForeignKey(DutyShift, on_delete=models.CASCADE, related_name="swaps")
    in_return = models.ForeignKey(
        DutyShift, on_delete=models.CASCADE, null=True, related_name="swaps_in_return"
    )
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="swaps_asked")
    asked_of = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="swaps_received")
    reason = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["shift"],
                condition=Q(state__in=["ASKED", "ACCEPTED"]),
                name="duty_one_open_swap_per_shift",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} for {self.shift_id} (swap {self.pk})"

    @property
    def is_open(self) -> bool:
        return self.state in {Swap.State.ASKED, Swap.State.ACCEPTED}
