"""Questions about the installation. Read on every page, so remembered by each process."""

from __future__ import annotations

from functools import lru_cache

from lianfang.installation.models import Installation


def installation() -> Installation | None:
    """The one row, or None in a database that nobody has founded yet."""
    return _remembered() or Installation.objects.first()


@lru_cache(maxsize=1)
def _remembered_row() -> Installation:
    found = Installation.objects.first()
    if found is None:
        raise LookupError
    return found


def _remembered() -> Installation | None:
    try:
        return _remembered_row()
    except LookupError:
        return None


def is_exercise() -> bool:
    current = installation()
    return current is not None and current.is_exercise


def forget() -> None:
    """Ask the database again next time (after a change, and between tests)."""
    _remembered_row.cache_clear()
