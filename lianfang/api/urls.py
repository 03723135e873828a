"""/api/openapi.json and /api/v1/…; any other address below /api/ says so in the one shape."""

from typing import Any

from django.urls import URLPattern, re_path

from lianfang.api.gate import guarded, nothing_here
from lianfang.api.main import api

# Names of the application and the namespace stand where these addresses are hung up: config/urls.py.
_patterns: list[Any] = api.urls[0]

urlpatterns = [
    *guarded([one for one in _patterns if isinstance(one, URLPattern)]),
    re_path(r"", nothing_here),
]
