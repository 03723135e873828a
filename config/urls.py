"""Every address of the product. One URL, one action."""

from django.urls import include, path

urlpatterns = [
    path("", include("lianfang.portal.urls")),
    path("desk/", include("lianfang.desk.urls")),
    path("hooks/", include("lianfang.portal.urls_hooks")),
    path("api/", include("lianfang.api.urls")),
]
