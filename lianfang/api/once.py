"""A change that is sent again is made once: the same key gets the same answer.

The key, the change and its answer are one transaction: whoever dies in between leaves none of
them, and the sender's next try is the first. A refusal is not kept; nothing was changed by it.
"""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Annotated, Any, TypeVar, cast

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from ninja import Header, Schema, Status
from ninja.responses import NinjaJSONEncoder

from lianfang.api.access import Caller, caller_of
from lianfang.api.models import Answered
from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _

KEPT = timedelta(days=7)
REPEATED = "Idempotency-Replayed"
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        description="The same key with the same request changes once, and is answered alike.",
    ),
]
Made = TypeVar("Made", bound=Callable[..., Any])


class KeyReused(Refused):
    code = "api.key-reused"
    message = _("This Idempotency-Key was already used for another request.")
    status = 409


def once(view: Made) -> Made:
    """Below the route: `Idempotency-Key` may be sent, and is kept for a week."""
    signature = inspect.signature(view, eval_str=True)
    own = inspect.Parameter(
        "idempotency_key", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Key
    )

    @wraps(view)
    def answer(request: HttpRequest, **given: Any) -> Any:
        key = given.pop("idempotency_key", None)
        if key is None:
            return view(request, **given)
        return _answer_once(request, key, lambda: view(request, **given))

    parameters = [*signature.parameters.values(), own]
    answer.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]  # read by ninja
    return cast(Made, answer)


def _answer_once(request: HttpRequest, key: str, make: Callable[[], Any]) -> HttpResponse:
    caller = caller_of(request)
    index, digest = _index_of(caller, key), _digest_of(request, caller)
    try:
        with transaction.atomic():
            Answered.objects.filter(at__lt=caller.now - KEPT).delete()
            mine = Answered.objects.create(key_index=index, digest=digest, at=caller.now)
            status, text = _in_json(make())
            Answered.objects.filter(pk=mine.pk).update(status=status, answer=text)
    except IntegrityError:
        # Somebody, most likely this sender, was first; anything else is not ours to explain.
        first = Answered.objects.filter(key_index=index).first()
        if first is None:
            raise
        if first.digest != digest:
            raise KeyReused from None
        response = _response(first.status, first.answer)
        response.headers[REPEATED] = "true"
        return response
    return _response(status, text)


def _index_of(caller: Caller, key: str) -> str:
    """Keys of one caller never meet those of another."""
    owner = f"{caller.actor.kind}:{caller.actor.id}"
    return hashlib.sha256(f"{owner}\x00{key}".encode()).hexdigest()


def _digest_of(request: HttpRequest, caller: Caller) -> str:
    """What was asked for: the address, the person, the body."""
    acting = caller.acting.pk if caller.acting else 0
    said = hashlib.sha256(f"{request.method} {request.get_full_path()} {acting}\x00".encode())
    if request.content_type == "multipart/form-data":
        said.update(json.dumps(sorted(request.POST.lists())).encode())
        for name, file in sorted(request.FILES.items()):
            assert isinstance(file, UploadedFile)
            said.update(f"\x00{name}\x00{file.name}\x00".encode())
            for chunk in file.chunks():
                said.update(chunk)
            file.seek(0)
    else:
        said.update(request.body)
    return said.hexdigest()


def _in_json(made: Any) -> tuple[int, str]:
    """Written as the API writes every answer, so that both are alike to the letter."""
    status, value = (made.status_code, made.value) if isinstance(made, Status) else (200, made)
    plain = value.model_dump() if isinstance(value, Schema) else value
    return status, json.dumps(plain, cls=NinjaJSONEncoder, ensure_ascii=False)


def _response(status: int, text: str) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="application/json; charset=utf-8")
