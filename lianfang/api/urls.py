"""/api/openapi.json and /api/v1/…; any other address below /api/ says so in the one shape."""

from typing import Any

from django.urls import URLPattern, path, re_path

from lianfang.api.gate import guarded, nothing_here
from lianfang.api.main import api

_patterns: list[Any]
_patterns, _app, _namespace = api.urls

urlpatterns = [
    path("", (guarded([p for p in _patterns if isinstance(p, URLPattern)]), _app, _namespace)),
    re_path(r"", nothing_here),
]
