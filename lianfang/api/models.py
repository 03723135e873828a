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
    DIRECTIVES_READ = "directives:read", _("read directives, their relay, matters and the plan")
    DIRECTIVES_WRITE = "directives:write", _("draft, sign, answer and judge directives and matters")
    LEVELS_WRITE = "levels:write", _("draft and adopt the plan, activate a response level")
    DUTY_READ = "duty:read", _("read who is on duty, rosters, drills and proved contacts")
    DUTY_WRITE = "duty:write", _("write rosters, check in, swap, hand over, start drills")
    BOOK_READ = "book:read", _("read the duty book; every look is written down")
    OUTREACH_READ = "outreach:read", _("read articles, campaigns and calls to make")
    OUTREACH_WRITE = "outreach:write", _("write articles, start campaigns, note calls")
    CARE_READ = "care:read", _("read key monitoring, exposures, early warning and quarantine")
    CARE_WRITE = "care:write", _("check, verify, answer and release in the rooms of care")
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
