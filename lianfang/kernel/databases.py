"""One address, one database: `sqlite:///path` or `postgres://user:word@host:port/name`."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


class BadDatabaseAddress(ValueError):
    """The address is neither of the two kinds; says what would be right."""


def database_from(url: str, *, pool_size: int = 20) -> dict[str, Any]:
    """Django's DATABASES entry for an address.

    SQLite: WAL and synchronous=FULL, so that an acknowledged report survives a power cut.
    PostgreSQL: a pool of kept connections (more than a process has threads: the submission desk
    needs one while every sender waits for it), and time-outs that end a call to a dead host.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(unquote(parts.path[1:]))
    if parts.scheme in {"postgres", "postgresql"}:
        return _postgres(url, pool_size)
    raise BadDatabaseAddress(
        f"LIANFANG_DATABASE_URL begins with {parts.scheme or 'nothing'!r}; "
        "use sqlite:///path/to/file or postgres://user:password@host:5432/name"
    )


def _sqlite(path: str) -> dict[str, Any]:
    if not path:
        raise BadDatabaseAddress("sqlite:/// needs a path behind it")
    if path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            " PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY;",
        },
    }


def _postgres(url: str, pool_size: int) -> dict[str, Any]:
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", [unquote(parts.hostname or "")])[0],
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,  # the pool keeps them
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": {
            "pool": {"min_size": 1, "max_size": pool_size, "timeout": 10},
            "connect_timeout": 3,
            "tcp_user_timeout": 5000,
        },
    }
