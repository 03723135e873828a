"""Every desk page. One address, one action."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from lianfang.desk.views import (
    board,
    calls,
    care,
    codes,
    downloads,
    gateways,
    home,
    incident,
    lists,
    outreach_referral,
    outreach_times,
    person,
    posts,
    proxy,
    sign,
    units,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="desk-home"),
    path("live/", home.live, name="desk-live"),
    path("units/", units.units, name="desk-units"),
    path("units/<int:pk>/", units.unit, name="desk-unit"),
    path("units/<int:pk>/sign/", sign.sign, name="desk-sign"),
    path("units/<int:pk>/signed/<int:version>/", sign.signed, name="desk-signed"),
    path("units/<int:pk>/branch/", board.branch, name="desk-branch"),
    path("units/<int:pk>/posts/", posts.unit_posts, name="desk-unit-posts"),
    path("units/<int:pk>/codes/", codes.unit_codes, name="desk-unit-codes"),
    path("people/<int:pk>/", person.person, name="desk-person"),
    path("people/<int:pk>/answers/", person.answers, name="desk-answers"),
    path("people/<int:pk>/call/", calls.call, name="desk-call"),
    path("people/<int:pk>/call/record/", calls.record, name="desk-call-record"),
    path("people/<int:pk>/phone/", calls.reveal, name="desk-phone"),
    path("people/<int:pk>/texts/", person.want_texts, name="desk-person-texts"),
    path("people/<int:pk>/report/", proxy.proxy, name="desk-proxy"),
    path("reports/<int:pk>/call-back/", calls.call_back, name="desk-call-back"),
    path("reports/<int:pk>/call-back/settle/", calls.settle, name="desk-call-back-settle"),
    path("board/", board.board, name="desk-board"),
    path("board/live/", board.live, name="desk-board-live"),
    path("board/where/", board.where, name="desk-where"),
    path("board/where/<str:province>/", board.where, name="desk-where-province"),
    path("shapes/<str:code>.json", board.shapes, name="desk-shapes"),
    path("incidents/", incident.incidents, name="desk-incidents"),
    path("incidents/<int:pk>/", incident.incident, name="desk-incident"),
    path("incidents/<int:pk>/acknowledge/", incident.acknowledge, name="desk-incident-acknowledge"),
    path("incidents/<int:pk>/fact/", incident.write, name="desk-incident-fact"),
    path("incidents/<int:pk>/close/", incident.close, name="desk-incident-close"),
    path("summonses/<int:pk>/answer/", incident.answer_summons, name="desk-summons-answer"),
    path("care/", care.care, name="desk-care"),
    path("care/monitoring/", include("lianfang.desk.urls_monitoring")),
    path("care/quarantine/", include("lianfang.desk.urls_quarantine")),
    path("care/groups/", include("lianfang.desk.urls_groups")),
    path("gateways/", gateways.gateways, name="desk-gateways"),
    path("gateways/parked/<int:pk>/", gateways.settle_parked, name="desk-parked-settle"),
    path("posts/", posts.posts, name="desk-posts"),
    path("posts/<int:pk>/dismiss/", posts.dismiss, name="desk-post-dismiss"),
    path("duty/", include("lianfang.desk.urls_duty")),
    path("codes/", codes.codes, name="desk-codes"),
    path("areas/", lists.areas, name="desk-areas"),
    path("hospitals/", lists.hospitals, name="desk-hospitals"),
    path("downloads/", downloads.downloads, name="desk-downloads"),
    path("", include("lianfang.desk.urls_summaries")),
    path("directives/", include("lianfang.desk.urls_directives")),
    path("outreach/", include("lianfang.desk.urls_outreach")),
    path("times/", outreach_times.times, name="desk-times"),
    path("incidents/<int:pk>/referral/", outreach_referral.advise, name="desk-referral"),
    path("referrals/<int:pk>/step/", outreach_referral.step, name="desk-referral-step"),
]

# The roster's import has addresses of its own.
if find_spec("lianfang.desk.urls_roster") is not None:
    urlpatterns.append(path("roster/", include("lianfang.desk.urls_roster")))
