"""A climb is a row with a due moment; who was summoned, and who answered, are rows."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianfang.clusters.models import Alert
from lianfang.directives.models import DirectiveReceipt, SupervisionItem
from lianfang.incidents.models import Incident
from lianfang.roster.models import Person, Unit
from lianfang.rulebook.models import Edition, LadderStep


class Escalation(models.Model):
    """One climb. Its edition fixes the ladder: later rules do not rewrite it.

    `reached` is the position of the last rung taken in this round (-1: none yet).
    """

    class State(models.TextChoices):
        RUNNING = "RUNNING", _("climbing")
        ANSWERED = "ANSWERED", _("answered")
        SETTLED = "SETTLED", _("no longer needed")
        EXHAUSTED = "EXHAUSTED", _("nobody answered")

    ladder = models.CharField(max_length=20, choices=LadderStep.Ladder)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    incident = models.ForeignKey(
        Incident, on_delete=models.PROTECT, null=True, related_name="escalations"
    )
    receipt = models.ForeignKey(
        DirectiveReceipt, on_delete=models.PROTECT, null=True, related_name="escalations"
    )
    item = models.ForeignKey(
        SupervisionItem, on_delete=models.PROTECT, null=True, related_name="escalations"
    )
    alert = models.ForeignKey(
        Alert, on_delete=models.PROTECT, null=True, related_name="escalations"
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="escalations")
    day = models.DateField()
    round = models.PositiveSmallIntegerField(default=0)
    reached = models.SmallIntegerField(default=-1)
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    started_at = models.DateTimeField()
    next_due_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["incident"],
                condition=Q(incident__isnull=False),
                name="escalation_one_climb_per_incident",
            ),
            models.UniqueConstraint(
                fields=["ladder", "unit", "day"],
                condition=Q(
                    incident__isnull=True,
                    receipt__isnull=True,
                    item__isnull=True,
                    alert__isnull=True,
                ),
                name="escalation_one_climb_per_unit_day",
            ),
            models.UniqueConstraint(
                fields=["receipt"],
                condition=Q(receipt__isnull=False, state="RUNNING"),
                name="escalation_one_climb_at_a_time_per_receipt",
            ),
            models.UniqueConstraint(
                fields=["item"],
                condition=Q(item__isnull=False, state="RUNNING"),
                name="escalation_one_climb_at_a_time_per_item",
            ),
            models.UniqueConstraint(
                fields=["alert"],
                condition=Q(alert__isnull=False),
                name="escalation_one_climb_per_alert",
            ),
        ]
        indexes: ClassVar = [
            # the worker's poll
            models.Index(
                fields=["next_due_at"],
                name="escalation_due",
                condition=Q(next_due_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ladder} at {self.reached} (escalation {self.pk})"

    @property
    def is_running(self) -> bool:
        return self.state == Escalation.State.RUNNING

    @property
    def desk_link(self) -> str:
        """Where the matter itself stands, for whoever logs in."""
        if self.incident_id is not None:
            return f"/desk/incidents/{self.incident_id}/"
        if self.receipt is not None:
            return f"/desk/directives/{self.receipt.version.directive_id}/"
        if self.item_id is not None:
            return f"/desk/directives/items/{self.item_id}/"
        if self.alert_id is not None:
            return f"/desk/care/clusters/{self.alert_id}/"
        return f"/desk/units/{self.unit_id}/sign/"

    @property
    def reference(self) -> str:
        return f"escalation:{self.pk}:"


class Summons(models.Model):
    """Somebody was told and asked to answer; or (`person` null) nobody was on the post."""

    class Answer(models.TextChoices):
        MINE = "MINE", _("I will see to it")
        PASSED_ON = "PASSED_ON", _("passed on to the deputy")

    escalation = models.ForeignKey(Escalation, on_delete=models.CASCADE, related_name="summonses")
    rung = models.ForeignKey(LadderStep, on_delete=models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField()
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="summonses"
    )
    summoned_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=10, choices=Answer, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["escalation", "round", "rung", "person"], name="escalation_summoned_once"
            ),
            models.UniqueConstraint(
                fields=["escalation", "round", "rung"],
                condition=Q(person__isnull=True),
                name="escalation_nobody_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id or 'nobody'} on {self.rung_id} (summons {self.pk})"

    @property
    def nobody(self) -> bool:
        return self.person_id is None
