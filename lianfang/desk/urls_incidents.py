"""The addresses below /desk/incidents/ that the course of an incident adds."""

from django.urls import path

from lianfang.desk.views import incident, incident_files

urlpatterns = [
    path("cases/", incident_files.cases, name="desk-cases"),
    path("<int:pk>/step/<slug:what>/", incident.step, name="desk-incident-step"),
    path("<int:pk>/reports/<int:number>/", incident_files.report, name="desk-incident-report"),
    path(
        "<int:pk>/reports/<int:number>.<str:fmt>",
        incident_files.report_file,
        name="desk-incident-report-file",
    ),
]
