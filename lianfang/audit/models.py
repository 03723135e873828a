"""The audit trail. The database itself refuses to change or delete an entry."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Entry(models.Model):
    """One act. `verb` is dotted and past tense, such as `incidents.incident.acknowledged`.

    `concerns` is the primary key of the person whose data was written or seen: "who looked
    at my record" is a query on it. `detail` never holds health answers or phone numbers.
    """

    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=12)
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=80)
    verb = models.CharField(max_length=80)
    subject = models.CharField(max_length=60)
    subject_id = models.BigIntegerField(null=True)
    concerns = models.BigIntegerField(null=True)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [
            # "who looked at my record", newest first
            models.Index(
                fields=["concerns", "-at"],
                name="audit_by_person",
                condition=models.Q(concerns__isnull=False),
            ),
            # the history of one record
            models.Index(fields=["subject", "subject_id"], name="audit_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} (entry {self.pk})"


class Seal(models.Model):
    """Keyed marks of the entries after `after` up to `last`; `mark` covers the seal before, too.

    `marks` reads `12:5f3a…,13:09bc…`: an entry's number and its mark.
    """

    after = models.BigIntegerField(unique=True)
    last = models.BigIntegerField()
    marks = models.TextField()
    mark = models.CharField(max_length=32)
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"entries {self.after + 1} to {self.last} (seal {self.pk})"
