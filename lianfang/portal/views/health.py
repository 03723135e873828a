"""/healthz: can this process read and write its database? For a machine, in plain text."""

from __future__ import annotations

from django.db import DatabaseError, transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from lianfang.installation.models import Installation
from lianfang.portal.edge import for_everybody


@for_everybody
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """200 “ok”, or 503 with what is wrong. The write that it tries is taken back."""
    try:
        with transaction.atomic():
            founded = Installation.objects.update(name=F("name"))
            transaction.set_rollback(True)
    except DatabaseError as error:
        words = f"unavailable: the database does not answer ({type(error).__name__})\n"
        return HttpResponse(words, status=503, content_type="text/plain; charset=utf-8")
    words = "ok\n" if founded else "ok, not founded yet\n"
    return HttpResponse(words, content_type="text/plain; charset=utf-8")
