"""The addresses below /desk/care/groups/."""

from django.urls import path

from lianfang.desk.views import groups

urlpatterns = [path("", groups.groups, name="desk-groups")]
