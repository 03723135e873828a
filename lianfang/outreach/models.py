"""What people shall know, whom it was told, and who still has to be rung."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lianfang.outreach.models_drafts import CampaignDraft
from lianfang.outreach.rules import Rule
from lianfang.roster.models import Person, Unit
from lianfang.vault.fields import SealedTextField

__all__ = [
    "Article", "ArticleVersion", "CallTask", "Campaign", "CampaignDraft", "CampaignStep",
    "GroupPosting", "PhoneCorrection", "Recipient", "UnitGroup",
]  # fmt: skip


class Article(models.Model):
    """A piece of knowledge through all its versions."""

    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"article {self.pk}"


class ArticleVersion(models.Model):
    """One wording, with where it comes from, until when it holds, and what is new in it.

    Never changed: a correction is the next version. `choices` are pairs of Chinese and
    English; `right_choice` is the position of the right one.
    """

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    title_zh = models.CharField(max_length=100)
    title_en = models.CharField(max_length=100, blank=True)
    text_zh = models.TextField()
    text_en = models.TextField(blank=True)
    source = models.CharField(max_length=300)
    valid_until = models.DateField()
    what_changed = models.CharField(max_length=300, blank=True)
    question_zh = models.CharField(max_length=200, blank=True)
    question_en = models.CharField(max_length=200, blank=True)
    choices = models.JSONField(default=list)
    right_choice = models.PositiveSmallIntegerField(null=True)
    written_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["article", "number"], name="outreach_one_version_of_an_article"
            ),
            models.CheckConstraint(
                condition=Q(question_zh="") | Q(right_choice__isnull=False),
                name="outreach_a_question_has_a_right_answer",
            ),
            models.CheckConstraint(
                condition=Q(number=1) | ~Q(what_changed=""),
                name="outreach_a_new_version_says_what_changed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title_zh} v{self.number} (article version {self.pk})"

    @property
    def title(self) -> str:
        return _in_language(self.title_zh, self.title_en)

    @property
    def text(self) -> str:
        return _in_language(self.text_zh, self.text_en)

    @property
    def question(self) -> str:
        return _in_language(self.question_zh, self.question_en)

    @property
    def answers(self) -> list[tuple[int, str]]:
        return [(n, _in_language(zh, en)) for n, (zh, en) in enumerate(self.choices)]


def _in_language(zh: str, en: str) -> str:
    return en if en and (get_language() or "").startswith("en") else zh


class Campaign(models.Model):
    """One article told to many. `audience` keeps the rule; the people it meant are rows.

    `words` are those of the sender, before the article. Once it is sent none of this changes:
    the database refuses.
    """

    version = models.ForeignKey(ArticleVersion, on_delete=models.PROTECT, related_name="campaigns")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="campaigns")
    subject = models.CharField(max_length=100)
    words = models.CharField(max_length=300, blank=True)
    audience = models.JSONField()
    asks_question = models.BooleanField(default=False)
    started_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.subject} (campaign {self.pk})"

    @property
    def topic(self) -> str:
        """What the post office knows the letters of this campaign by."""
        return f"campaign:{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def is_telling(self) -> bool:
        """Its list of names says that somebody is watched, or where they are."""
        return Rule.from_plain(self.audience).is_telling


class CampaignStep(models.Model):
    """One way or several, at a moment. A large audience is taken in portions: the step stays
    due until nobody of it is left."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    ways = models.JSONField()
    due_at = models.DateTimeField()
    struck_at = models.DateTimeField(null=True)
    claims = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["campaign", "position"], name="outreach_one_step_per_position"
            ),
        ]
        indexes: ClassVar = [
            # the worker's poll
            models.Index(
                fields=["due_at"], name="outreach_steps_due", condition=Q(struck_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"step {self.position} of {self.campaign_id} (campaign step {self.pk})"


class Recipient(models.Model):
    """One person of a campaign. What the gateways say stands with the letters; here stands
    what only a human can say: confirmed, or told by phone.

    `reached` is the last step that was taken for this person; -1 before the first.
    """

    class How(models.TextChoices):
        LINK = "LINK", _("by the link of a message")
        SMS = "SMS", _("by a text message")
        KEY = "KEY", _("by a key on the phone")
        ACCOUNT = "ACCOUNT", _("in the account")
        CALL = "CALL", _("on the phone")

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="recipients")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    reached = models.SmallIntegerField(default=-1)
    confirmed_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    how = models.CharField(max_length=8, choices=How, blank=True)
    first_choice = models.PositiveSmallIntegerField(null=True)
    is_right = models.BooleanField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["campaign", "person"], name="outreach_told_once_per_campaign"
            ),
        ]
        indexes: ClassVar = [
            # whom a step still has to take
            models.Index(
                fields=["campaign", "reached"],
                name="outreach_not_yet",
                condition=Q(confirmed_at__isnull=True, told_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} of {self.campaign_id} (recipient {self.pk})"

    @property
    def is_settled(self) -> bool:
        return self.confirmed_at is not None or self.told_at is not None

    @property
    def reference(self) -> str:
        """The beginning of the reference of this person's letters."""
        return f"campaign:{self.campaign_id}:{self.pk}:"


class UnitGroup(models.Model):
    """The QQ group of a unit, for a college that runs a OneBot server: there a robot posts."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="qq_groups")
    number = models.CharField(max_length=12)
    noted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    noted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit"],
                condition=Q(ended_at__isnull=True),
                name="outreach_one_group_of_a_unit",
            ),
        ]

    def __str__(self) -> str:
        return f"group of {self.unit_id} (unit group {self.pk})"


class GroupPosting(models.Model):
    """The text for a QQ or WeChat group, and who says that they posted it.

    `through` is the unit above in whose group the people of `unit` read it, because their own
    has none: then one posting serves many rows. `robot` is the QQ group in which a robot posts
    it; empty where somebody has to.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="postings")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    through = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    robot = models.CharField(max_length=12, blank=True)
    asked_at = models.DateTimeField()
    posted_at = models.DateTimeField(null=True)
    posted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["campaign", "unit"], name="outreach_one_posting_per_unit"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} in {self.unit_id} (group posting {self.pk})"

    @property
    def place(self) -> Unit:
        """The unit in whose group it is posted."""
        return self.through or self.unit

    @property
    def place_id(self) -> int:
        return self.through_id or self.unit_id


class CallTask(models.Model):
    """Somebody who has not confirmed and shall be rung. Open while `next_try_at` is set."""

    class Closing(models.TextChoices):
        TOLD = "TOLD", _("told")
        CONFIRMED = "CONFIRMED", _("confirmed by themselves")
        REFUSED = "REFUSED", _("does not want to be called")
        NOT_REACHED = "NOT_REACHED", _("not reached")
        WRONG_NUMBER = "WRONG_NUMBER", _("the number is wrong")
        ENDED = "ENDED", _("the campaign ended")

    recipient = models.OneToOneField(Recipient, on_delete=models.CASCADE, related_name="call")
    assigned_to = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="call_tasks"
    )
    opened_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    last_outcome = models.CharField(max_length=12, blank=True)
    last_try_at = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closing = models.CharField(max_length=12, choices=Closing, blank=True)

    class Meta:
        indexes: ClassVar = [
            # a caller's list, the next one first
            models.Index(
                fields=["assigned_to", "next_try_at"],
                name="outreach_calls_open",
                condition=Q(next_try_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"call to {self.recipient_id} (call task {self.pk})"

    @property
    def is_open(self) -> bool:
        return self.next_try_at is not None


class PhoneCorrection(models.Model):
    """A number that does not lead to its person. It waits until the roster has another one.

    `wrong_index` is the blind index of the wrong number: while the person's is the same,
    nothing was corrected.
    """

    class Found(models.TextChoices):
        CALL = "CALL", _("on the phone")
        GATEWAY = "GATEWAY", _("by the messages that fail")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="phone_corrections")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    wrong_index = models.CharField(max_length=32, blank=True)
    found = models.CharField(max_length=8, choices=Found)
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    note = SealedTextField(blank=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "wrong_index"],
                condition=Q(withdrawn_at__isnull=True),
                name="outreach_one_correction_of_a_number",
            ),
        ]

    def __str__(self) -> str:
        return f"number of {self.person_id} (phone correction {self.pk})"
