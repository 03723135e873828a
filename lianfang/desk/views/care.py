"""The way to every page that looks after people: each with what waits there."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from lianfang.desk.care import cards
from lianfang.desk.frame import answer
from lianfang.portal.edge import Visit, for_desk


@for_desk
def care(request: HttpRequest, visit: Visit) -> HttpResponse:
    return answer(request, visit, "desk/care.html", here="desk-care", cards=cards(visit))
