"""Every address of the product. One URL, one action."""

from django.urls import URLResolver, include, path
from django.urls.resolvers import RoutePattern


class Later(URLResolver):
    """Addresses that are read when the first one below them is asked for.

    The API's schemas take seconds to build, and a page should not wait for them. Whoever looks
    up a name outside their namespace does not look in here.
    """

    def _populate(self) -> None:
        """Nothing of ours is a name without the namespace."""


urlpatterns = [
    path("", include("lianfang.portal.urls")),
    path("desk/", include("lianfang.desk.urls")),
    path("hooks/", include("lianfang.portal.urls_hooks")),
    Later(RoutePattern("api/"), "lianfang.api.urls", app_name="ninja", namespace="api-1"),
]
