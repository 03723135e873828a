"""What every template may ask for."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from lianfang.installation.queries import installation
from lianfang.kernel.clock import now as the_time


def page(request: HttpRequest) -> dict[str, Any]:
    """`home` is the installation, `visit` who asks (None when nobody is logged in)."""
    return {
        "home": installation(),
        "visit": getattr(request, "visit", None),
        "moment": the_time(),
    }
