"""The addresses below /desk/care/doubts/."""

from django.urls import path

from lianfang.desk.views import doubts

urlpatterns = [
    path("", doubts.questions, name="desk-doubts"),
    path("<int:pk>/answer/", doubts.answer, name="desk-doubts-answer"),
    path("records/", doubts.records, name="desk-doubts-records"),
    path("records/<int:pk>/", doubts.close, name="desk-doubts-close"),
    path("import/", doubts.files, name="desk-doubts-import"),
]
