"""Files that an operation answers with: how they are sent, and how the document says so."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
CSV = "text/csv"
TEXT = "text/plain"


def download(content: bytes | str, *, name: str, kind: str) -> HttpResponse:
    """A file to be kept by whoever asked for it, and by nothing on the way."""
    answer = HttpResponse(content, content_type=kind)
    disposition = content_disposition_header(True, name)
    answer.headers["Content-Disposition"] = disposition or "attachment"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def said_as_file(description: str, *kinds: str) -> dict[str, Any]:
    """For `openapi_extra`: this operation answers with a file."""
    content: dict[str, Any] = {kind: {} for kind in kinds}
    return {"responses": {200: {"description": description, "content": content}}}
