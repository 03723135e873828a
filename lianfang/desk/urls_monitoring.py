"""The addresses below /desk/care/monitoring/."""

from django.urls import path

from lianfang.desk.views import monitoring, monitoring_acts

urlpatterns = [
    path("", monitoring.files, name="desk-monitoring"),
    path("new/", monitoring.new, name="desk-monitoring-new"),
    path("policies/", monitoring.policies, name="desk-monitoring-policies"),
    path("<int:pk>/", monitoring.file, name="desk-monitoring-file"),
    path("<int:pk>/<slug:name>/", monitoring_acts.act, name="desk-monitoring-act"),
]
