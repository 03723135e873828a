"""Tokens of other systems. A person has none: whoever reports logs in."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianfang.kernel.actors import Actor
from lianfang.roster.models import Unit


class Scope(models.TextChoices):
    """What a token opens; nothing else."""

    REPORTS_WRITE = "reports:write", _("hand in daily reports")
    LEDGER_READ = "ledger:read", _("read ledgers, signed reports and summaries of units")
    PEOPLE_READ = "people:read", _("read the names of those who are missing")
    INCIDENTS_READ = "incidents:read", _("read incidents")
    INCIDENTS_WRITE = "incidents:write", _("pass on that somebody takes an incident over")
    ROSTER_WRITE = "roster:write", _("import rosters")


class Integration(models.Model):
    """Another system with its token, kept as a keyed hash only.

    With `unit` it sees that unit and those below it, without it the whole college.
    """

    name = models.CharField(max_length=60)
    token_index = models.CharField(max_length=32, unique=True)
    scopes = models.JSONField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    last_used_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(revoked_at__isnull=True),
                name="api_one_working_token_of_a_name",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} (integration {self.pk})"

    @property
    def actor(self) -> Actor:
        return Actor("INTEGRATION", self.pk, self.name)
