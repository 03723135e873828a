"""The addresses below /desk/outreach/."""

from django.urls import path

from lianfang.desk.views import (
    outreach,
    outreach_articles,
    outreach_calls,
    outreach_draft,
    outreach_groups,
)

urlpatterns = [
    path("", outreach.all_campaigns, name="desk-outreach"),
    path("new/", outreach_draft.new, name="desk-outreach-new"),
    path("drafts/<int:pk>/", outreach_draft.draft, name="desk-outreach-draft"),
    path("<int:pk>/", outreach.campaign, name="desk-outreach-campaign"),
    path("<int:pk>/end/", outreach.end, name="desk-outreach-end"),
    path("posted/<int:pk>/", outreach.posted, name="desk-outreach-posted"),
    path("groups/", outreach_groups.groups, name="desk-outreach-groups"),
    path("articles/", outreach_articles.articles, name="desk-outreach-articles"),
    path("articles/new/", outreach_articles.write, name="desk-outreach-write"),
    path("articles/<int:pk>/", outreach_articles.article, name="desk-outreach-article"),
    path("articles/<int:pk>/next/", outreach_articles.write, name="desk-outreach-rewrite"),
    path("calls/", outreach_calls.calls, name="desk-outreach-calls"),
    path("calls/<int:pk>/", outreach_calls.call, name="desk-outreach-call"),
    path("numbers/<int:pk>/right/", outreach_calls.number_is_right, name="desk-outreach-right"),
]
