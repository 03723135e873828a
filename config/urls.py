"""Every address of the product. One URL, one action."""

from django.urls import include, path

urlpatterns = [
    path("", include("lianfang.portal.urls")),
    path("desk/", include("lianfang.desk.urls")),
    path("api/", include("lianfang.api.urls")),
]
