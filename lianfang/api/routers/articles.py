"""Articles: what the college wants everybody to know, from where, until when."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Status

from lianfang.api.access import Caller, number_in_address
from lianfang.api.once import once
from lianfang.api.outreaching import is_token_itself, reader, told_units, writer
from lianfang.api.papers import name_of
from lianfang.api.routers.common import Limit, Offset, answers
from lianfang.api.shapes.outreach import ArticleIn, ArticleOut, ArticlesOut, ArticleVersionOut
from lianfang.kernel.refusals import Forbidden, NotYours
from lianfang.outreach import access, queries
from lianfang.outreach.models import Article, ArticleVersion
from lianfang.roster import queries as roster
from lianfang.usecases import campaigns
from lianfang.usecases.campaigns import ArticleWording

router = Router(tags=["outreach"])
_SAME = (
    "number", "title_zh", "title_en", "text_zh", "text_en", "source", "valid_until",
    "what_changed", "question_zh", "question_en", "right_choice", "written_at",
)  # fmt: skip


@router.get("/articles", response=answers(200, ArticlesOut), url_name="articles")
def list_articles(request: HttpRequest, limit: Limit = 50, offset: Offset = 0) -> ArticlesOut:
    """The version in force of each article, the newest first. Token: `outreach:read`."""
    caller = reader(request)
    found = queries.newest_versions()
    return ArticlesOut(
        total=found.count(),
        articles=[_version(one, caller) for one in found[offset : offset + limit]],
    )


@router.get("/articles/{article_id}", response=answers(200, ArticleOut), url_name="article")
def one_article(request: HttpRequest, article_id: str) -> ArticleOut:
    """All versions of one. Token: `outreach:read`."""
    caller = reader(request)
    return _shown(number_in_address(article_id), caller)


@router.post("/articles", response=answers(201, ArticleOut), url_name="articles")
@once
def write_article(request: HttpRequest, body: ArticleIn) -> Status[ArticleOut]:
    """A new article. Token: `outreach:write` of the whole college. Session: who speaks for all of it."""
    caller = _author(request)
    return Status(201, _written(None, body, caller))


@router.post(
    "/articles/{article_id}/versions", response=answers(201, ArticleOut), url_name="rewrite"
)
@once
def rewrite_article(request: HttpRequest, article_id: str, body: ArticleIn) -> Status[ArticleOut]:
    """The next version, with what changed. Token: `outreach:write` of the whole college."""
    caller = _author(request)
    article = Article.objects.filter(pk=number_in_address(article_id)).first()
    if article is None:
        raise NotYours
    return Status(201, _written(article, body, caller))


def _author(request: HttpRequest) -> Caller:
    caller = writer(request)
    college = roster.college()
    if is_token_itself(caller):
        allowed = college is not None and college.pk in told_units(caller)
    else:
        allowed = access.writes_articles(caller.sight)
    if not allowed:
        raise Forbidden
    return caller


def _written(article: Article | None, body: ArticleIn, caller: Caller) -> ArticleOut:
    given = body.model_dump() | {
        "valid_until": body.valid_until.isoformat(),
        "choices": [(one.zh, one.en) for one in body.choices],
    }
    made = campaigns.write_article(
        article=article,
        wording=ArticleWording(**given),
        by=caller.person,
        actor=caller.actor,
        now=caller.now,
    )
    return _shown(made.article_id, caller)


def _shown(article_id: int, caller: Caller) -> ArticleOut:
    found = ArticleVersion.objects.filter(article_id=article_id).select_related("written_by")
    versions = [_version(one, caller) for one in found.order_by("-number")]
    if not versions:
        raise NotYours
    return ArticleOut(version=versions[0], older=versions[1:])


def _version(one: ArticleVersion, caller: Caller) -> ArticleVersionOut:
    return ArticleVersionOut(
        id=one.article_id,
        choices=[list(pair) for pair in one.choices],
        written_by=name_of(one.written_by, caller),
        over=one.valid_until < caller.today,
        **{name: getattr(one, name) for name in _SAME},
    )
