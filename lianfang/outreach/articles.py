"""Writing articles: what is told, with its source and its last day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from lianfang.audit import operations as audit
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import reporting_day
from lianfang.kernel.refusals import Invalid
from lianfang.kernel.texts import gettext_noop as _
from lianfang.kernel.texts import tidy
from lianfang.outreach.models import Article, ArticleVersion
from lianfang.outreach.queries import version_in_force
from lianfang.outreach.rules import has_line_break
from lianfang.roster.models import Person


@dataclass(frozen=True, slots=True)
class ArticleWording:
    """What an article says. `valid_until` is the last day on which it holds, as ISO text."""

    title_zh: str
    text_zh: str
    source: str
    valid_until: str
    title_en: str = ""
    text_en: str = ""
    what_changed: str = ""
    question_zh: str = ""
    question_en: str = ""
    choices: Sequence[tuple[str, str]] = ()
    right_choice: int | None = None


def _problems_of(wording: ArticleWording, *, is_new: bool, now: datetime) -> dict[str, str]:
    problems: dict[str, str] = {}
    if not tidy(wording.title_zh):
        problems["title_zh"] = _("A title, please.")
    elif has_line_break(wording.title_zh) or has_line_break(wording.title_en):
        problems["title_zh"] = _("A title has one line only.")
    if not wording.text_zh.strip():
        problems["text_zh"] = _("The text itself is missing.")
    if not tidy(wording.source):
        problems["source"] = _("Please say where this comes from: who published it, and when.")
    day = reporting_day(now).isoformat()
    try:
        datetime.fromisoformat(wording.valid_until)
    except ValueError:
        problems["valid_until"] = _("A day such as 2020-02-29, please.")
    else:
        if wording.valid_until < day:
            problems["valid_until"] = _("This day is over already.")
    if not is_new and not tidy(wording.what_changed):
        problems["what_changed"] = _("A new version says what is new in it.")
    if wording.question_zh.strip():
        if len(wording.choices) < 2 or not all(zh.strip() for zh, _en in wording.choices):
            problems["choices"] = _("A question needs two answers at least, one a line.")
        elif wording.right_choice is None or not 0 <= wording.right_choice < len(wording.choices):
            problems["right_choice"] = _("Which of the answers is right?")
    return problems


@transaction.atomic
def write_article(
    *,
    article: Article | None,
    wording: ArticleWording,
    by: Person | None,
    actor: Actor,
    now: datetime,
) -> ArticleVersion:
    """A new article, or the next version of one. Raises `Invalid` with a sentence per field."""
    problems = _problems_of(wording, is_new=article is None, now=now)
    if problems:
        raise Invalid(problems)
    before = version_in_force(article) if article else None
    has_question = bool(wording.question_zh.strip())
    version = ArticleVersion.objects.create(
        article=article or Article.objects.create(created_at=now),
        number=before.number + 1 if before else 1,
        title_zh=tidy(wording.title_zh)[:100],
        title_en=tidy(wording.title_en)[:100],
        text_zh=wording.text_zh.strip()[:8000],
        text_en=wording.text_en.strip()[:8000],
        source=tidy(wording.source)[:300],
        valid_until=wording.valid_until,
        what_changed=tidy(wording.what_changed)[:300],
        question_zh=tidy(wording.question_zh)[:200],
        question_en=tidy(wording.question_en)[:200],
        choices=[[tidy(zh)[:100], tidy(en)[:100]] for zh, en in wording.choices]
        if has_question
        else [],
        right_choice=wording.right_choice if has_question else None,
        written_by=by,
        written_at=now,
    )
    version.refresh_from_db()
    audit.record(
        verb="outreach.article.written", actor=actor, subject=version, now=now,
        number=version.number,
    )  # fmt: skip
    return version
