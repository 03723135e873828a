"""Articles: what the college wants everybody to know, from where, until when, and what is new."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from lianfang.desk.frame import say
from lianfang.desk.outreach_forms import wording_typed
from lianfang.desk.outreach_pages import for_outreach, outreach_answer, tried
from lianfang.kernel.refusals import Forbidden, NotYours
from lianfang.outreach import access, queries
from lianfang.outreach.models import Article, ArticleVersion
from lianfang.portal.edge import Visit
from lianfang.usecases import campaigns


@for_outreach
@require_GET
def articles(request: HttpRequest, visit: Visit) -> HttpResponse:
    return outreach_answer(
        request,
        visit,
        "articles.html",
        part="desk-outreach-articles",
        articles=queries.newest_versions(),
        may_write=access.writes_articles(visit.sight),
        today=visit.today,
    )


@for_outreach
@require_GET
def article(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """All versions of one, the newest on top."""
    versions = list(
        ArticleVersion.objects.filter(article_id=pk)
        .select_related("written_by")
        .order_by("-number")
    )
    if not versions:
        raise NotYours
    return outreach_answer(
        request,
        visit,
        "article.html",
        part="desk-outreach-articles",
        version=versions[0],
        older=versions[1:],
        is_over=versions[0].valid_until < visit.today,
        may_write=access.writes_articles(visit.sight),
        may_start=bool(access.told_units(visit.sight)),
    )


@for_outreach
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, visit: Visit, pk: int | None = None) -> HttpResponse:
    """A new article, or the next version of one."""
    if not access.writes_articles(visit.sight):
        raise Forbidden
    one = Article.objects.filter(pk=pk).first() if pk else None
    before = queries.version_in_force(one) if one else None
    if pk and before is None:
        raise NotYours
    if request.method == "GET":
        return _form(request, visit, before, _as_typed(before))
    made: list[ArticleVersion] = []
    problems = tried(
        request,
        lambda: made.append(
            campaigns.write_article(
                article=one,
                wording=wording_typed(request.POST),
                by=visit.account.person,
                actor=visit.actor,
                now=visit.now,
            )
        ),
    )
    if problems is not None:
        return _form(request, visit, before, request.POST, 422, problems=problems)
    say(request, _("Kept. It can be sent now."))
    return redirect("desk-outreach-article", made[0].article_id)


def _as_typed(before: ArticleVersion | None) -> dict[str, str]:
    if before is None:
        return {}
    names = ("title_zh", "title_en", "text_zh", "text_en", "source", "question_zh", "question_en")
    lines = [f"{zh} / {en}" if en else zh for zh, en in before.choices]
    return {name: getattr(before, name) for name in names} | {
        "valid_until": before.valid_until.isoformat(),
        "choices": "\n".join(lines),
        "right_choice": "" if before.right_choice is None else str(before.right_choice + 1),
    }


def _form(
    request: HttpRequest,
    visit: Visit,
    before: ArticleVersion | None,
    typed: Any,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    return outreach_answer(
        request,
        visit,
        "write.html",
        part="desk-outreach-articles",
        status=status,
        before=before,
        typed=typed,
        **more,
    )
