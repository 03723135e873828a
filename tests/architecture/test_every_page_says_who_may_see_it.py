"""No page forgets its door: every view of the site is marked with who may see it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

# Views of libraries, and interfaces whose door is tested on their own (tests/web/test_api_*).
OTHER_DOORS = ("ninja.", "lianfang.api.")


def every_view(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from every_view(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern), pattern.callback


PAGES = [
    (path, view)
    for path, view in every_view(get_resolver().url_patterns)
    if not str(getattr(view, "__module__", "")).startswith(OTHER_DOORS)
]


def test_there_are_pages_to_look_at() -> None:
    assert len(PAGES) > 40


@pytest.mark.parametrize("path, view", PAGES, ids=[path or "home" for path, _view in PAGES])
def test_a_page_says_who_may_see_it(path: str, view: Any) -> None:
    assert getattr(view, "needs", ""), f"{path}: mark {view.__module__}.{view.__name__}"
