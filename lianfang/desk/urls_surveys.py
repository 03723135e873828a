"""The addresses below /desk/care/surveys/."""

from django.urls import path

from lianfang.desk.views import surveys

urlpatterns = [
    path("", surveys.coverage, name="desk-surveys"),
    path("rounds/", surveys.rounds, name="desk-survey-rounds"),
    path("units/<int:pk>/", surveys.unit, name="desk-survey-unit"),
    path("people/<int:pk>/", surveys.person, name="desk-survey-person"),
    path("people/<int:pk>/said/", surveys.said, name="desk-survey-said"),
    path("people/<int:pk>/answer/", surveys.enter, name="desk-survey-enter"),
]
