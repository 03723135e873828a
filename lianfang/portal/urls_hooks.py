from django.urls import path

from lianfang.portal.views import hooks

urlpatterns = [
    path("<slug:channel>/receipt", hooks.receipt, name="hooks-receipt"),
    path("<slug:channel>/answer", hooks.answer, name="hooks-answer"),
    path("<slug:channel>/<str:secret>/receipt", hooks.receipt, name="hooks-receipt-secret"),
    path("<slug:channel>/<str:secret>/answer", hooks.answer, name="hooks-answer-secret"),
]
