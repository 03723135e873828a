"""The roster's import, below /desk/roster/."""

from django.urls import path

from lianfang.desk.views import roster

urlpatterns = [
    path("", roster.upload, name="desk-roster"),
    path("<str:id>/", roster.dry_run, name="desk-roster-plan"),
    path("<str:id>/apply/", roster.apply, name="desk-roster-apply"),
    path("<str:id>/drop/", roster.drop, name="desk-roster-drop"),
]
