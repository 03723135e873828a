"""Tokens of other systems. A person has none: whoever reports logs in."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianfang.kernel.actors import Actor
from lianfang.roster.models import Unit
from lianfang.vault.fields import SealedTextField


class Scope(models.TextChoices):
    """What a token opens; nothing else."""

    REPORTS_WRITE = "reports:write", _("hand in daily reports")
    REPORTS_SIGN = "reports:sign", _("sign the day of a unit, for somebody who answers for it")
    LEDGER_READ = "ledger:read", _("read ledgers, signed reports and summaries of units")
    PEOPLE_READ = "people:read", _("read who is on the roll, who is missing, who holds a post")
    ANSWERS_READ = "answers:read", _("read health answers; every look is written down")
    PHONES_READ = "phones:read", _("read a phone number; every look is written down")
    CALLS_WRITE = "calls:write", _("write down calls and what they came to")
    INCIDENTS_READ = "incidents:read", _("read incidents")
    INCIDENTS_WRITE = "incidents:write", _("take incidents over, handle and close them")
    ROSTER_WRITE = "roster:write", _("import rosters")
    LISTS_WRITE = "lists:write", _("import lists of areas and of hospitals")
    POSTS_WRITE = "posts:write", _("give posts and end them")
    CODES_WRITE = "codes:write", _("issue activation codes")
    MESSAGES_READ = "messages:read", _("read the state of gateways and letters in trouble")
    MESSAGES_WRITE = "messages:write", _("settle text answers that wait for a reader")


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


class Answered(models.Model):
    """A change that was made under a key, with the answer that it got; kept for some days."""

    key_index = models.CharField(max_length=64, unique=True)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    answer = SealedTextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            # what is old enough to be forgotten
            models.Index(fields=["at"], name="api_answered_at"),
        ]

    def __str__(self) -> str:
        return f"answered {self.at} ({self.pk})"
