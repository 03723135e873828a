"""The addresses below /desk/care/exposures/."""

from django.urls import path

from lianfang.desk.views import exposures

urlpatterns = [
    path("", exposures.exposures, name="desk-exposures"),
    path("<int:pk>/", exposures.exposure, name="desk-exposure"),
    path("<int:pk>/verify/", exposures.verify, name="desk-exposure-verify"),
]
