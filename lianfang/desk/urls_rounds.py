"""The addresses below /desk/care/rounds/."""

from django.urls import path

from lianfang.desk.views import rounds

urlpatterns = [
    path("", rounds.classes, name="desk-rounds"),
    path("<int:pk>/", rounds.one, name="desk-rounds-class"),
    path("<int:pk>/switch/", rounds.switch, name="desk-rounds-switch"),
]
