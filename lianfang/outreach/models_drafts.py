"""A campaign before it is sent: written over days, seen by all who could send it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from lianfang.roster.models import Person, Unit


class CampaignDraft(models.Model):
    """What a campaign shall say, to whom and by which steps; nobody is told anything yet.

    `units` are those within which its audience lies, each with everything below it: who may
    write to all of them reads, changes, sends and discards it. `steps` are empty where those of
    the edition in force are meant. `edition` counts the changes: nobody overwrites or sends what
    they have not read. Sent or discarded, a draft is frozen: the database refuses.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    units = models.ManyToManyField(Unit, related_name="+")
    article = models.ForeignKey(
        "outreach.Article", on_delete=models.PROTECT, null=True, related_name="drafts"
    )
    subject = models.CharField(max_length=100, blank=True)
    words = models.CharField(max_length=300, blank=True)
    audience = models.JSONField(default=dict)
    steps = models.JSONField(default=list)
    asks_question = models.BooleanField(default=False)
    edition = models.PositiveIntegerField(default=1)
    drafted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    drafted_at = models.DateTimeField()
    changed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    campaign = models.OneToOneField(
        "outreach.Campaign", on_delete=models.PROTECT, null=True, related_name="draft"
    )
    discarded_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(discarded_at__isnull=True),
                name="outreach_sent_or_discarded_not_both",
            ),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True, campaign__isnull=True)
                | Q(sent_at__isnull=False, campaign__isnull=False),
                name="outreach_a_sent_draft_has_its_campaign",
            ),
        ]
        indexes: ClassVar = [
            # the list of drafts
            models.Index(
                fields=["-changed_at"],
                name="outreach_drafts_open",
                condition=Q(sent_at__isnull=True, discarded_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} (campaign draft {self.pk})"

    @property
    def is_open(self) -> bool:
        return self.sent_at is None and self.discarded_at is None
