"""The API, put together. Its document needs no database."""

from __future__ import annotations

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.renderers import JSONRenderer

from lianfang.api import problems
from lianfang.api.auth import IntegrationToken, PersonSession
from lianfang.api.reading import StrictParser
from lianfang.api.routers import (
    around,  # noqa: F401  (these addresses stand on the router of incidents' course)
    articles,
    board,
    book,
    callers,
    calls,
    campaign_drafts,
    campaigns,
    chat_groups,
    clusters,
    codes,
    contacts,
    course,
    deciding,  # noqa: F401  (its addresses stand on the router of monitoring)
    directives,
    doubts,
    drafts,  # noqa: F401  (its addresses stand on the router of directives)
    drills,
    duty,
    exposures,
    feeds,
    gateways,
    houses,
    incidents,
    investigating,  # noqa: F401  (its addresses stand on the router of contacts)
    isolation,  # noqa: F401  (its addresses stand on the router of quarantine)
    items,
    listed,  # noqa: F401  (its address stands on the router of contacts)
    lists,
    mine,
    monitoring,
    orders,  # noqa: F401  (its addresses stand on the router of quarantine)
    others,
    own,
    packages,  # noqa: F401  (its addresses stand on the router of contacts)
    people,
    plan,
    posts,
    quarantine,
    receipts,
    recipients,  # noqa: F401  (its address stands on the router of campaigns)
    records,
    reports,
    roster,
    rotas,
    rounds,
    sheets,  # noqa: F401  (its addresses stand on the router of incidents' course)
    signing,
    surveys,
    swaps,
    times,
    units,
    visits,
    warnings,  # noqa: F401  (its addresses stand on the router of clusters)
    watching,  # noqa: F401  (its addresses stand on the router of monitoring)
)

DESCRIPTION = """\
Daily reports, ledgers, signed reports, incidents, rosters and what goes with them, of one college.

Other systems send a token (`lianfang token create`), and name in `Acting-For` the person for
whom they act; people use the session of the pages. A report is answered when it is on the
disk. Silence is never a zero: what is not known is null. Every refusal has one shape
(`application/problem+json`): a code, a sentence, the fields. Nobody's health but one's own is in
an answer, except where it needs
`answers:read`; every look is written down.
"""


class Json(JSONRenderer):
    json_dumps_params: dict[str, Any] = {"ensure_ascii": False}


class Api(NinjaAPI):
    def get_openapi_operation_id(self, operation: Operation) -> str:
        """The name of our function: clients are generated from it."""
        return str(operation.view_func.__name__)

    def get_openapi_schema(self, **given: Any) -> OpenAPISchema:
        """With the media type in which refusals are really sent."""
        made = super().get_openapi_schema(**given)
        for methods in made["paths"].values():
            for operation in methods.values():
                for status in problems.PROBLEM_STATUSES & operation["responses"].keys():
                    content = operation["responses"][status].get("content", {})
                    content[problems.MEDIA_TYPE] = content.pop(self.renderer.media_type)
        return made


api = Api(
    title="Lianfang 联防",
    version="1",
    description=DESCRIPTION,
    openapi_url="/openapi.json",
    docs_url=None,
    parser=StrictParser(),
    renderer=Json(),
    auth=[IntegrationToken(), PersonSession()],
)
problems.install(api)
ROUTERS = (
    reports, units, signing, people, posts, codes, calls, incidents, course, board, times,
    roster, lists, records, directives, receipts, items, plan, duty, rotas, swaps, book, drills,
    feeds, articles, campaign_drafts, campaigns, chat_groups, callers, monitoring, rounds,
    exposures, clusters, quarantine, houses, surveys, contacts, visits, doubts, gateways, mine,
    own, others,
)  # fmt: skip
for router in ROUTERS:
    api.add_router("/v1", router.router)
