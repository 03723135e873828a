"""The address of a summary: /desk/summaries/<unit>/<day>/<kind>/, where kind is A, B, E, F or H."""

from django.urls import path

from lianfang.desk.views.summaries import summary

urlpatterns = [
    path("summaries/<int:unit>/<str:day>/<str:kind>/", summary, name="desk-summary"),
]
