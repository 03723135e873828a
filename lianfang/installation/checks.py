"""System checks: a misconfigured installation is told at start, not at first use."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from lianfang.kernel.embedded import UnsafeSqlite, require_safe_sqlite


@register(Tags.database)
def sqlite_is_safe(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if "sqlite3" not in settings.DATABASES["default"]["ENGINE"]:
        return []
    try:
        require_safe_sqlite()
    except UnsafeSqlite as error:
        return [Error(str(error), id="installation.E001")]
    return []


@register
def database_keeps_utc(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if settings.USE_TZ:
        return []
    return [Error("USE_TZ must be on: moments are kept in UTC.", id="installation.E002")]
