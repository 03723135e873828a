"""What the tests of incidents share: the steps of their course, as people take them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from lianfang.incidents.kinds import Organisation, Way
from lianfang.incidents.models import Classification, Incident, OutsideNotice, Verification
from lianfang.usecases import acknowledge_incident, handle_incident
from lianfang.usecases.handle_incident import Telling
from tests.cast import FEVER, College


def who(college: College, name: str) -> dict[str, Any]:
    return {"by": college[name], "actor": college.actor(name), "now": college.now}


def the_incident(name: str = "小明") -> Incident:
    found = Incident.objects.filter(person__name=name).order_by("-pk")
    return found.select_related("person", "unit", "acknowledged_by")[0]


def fever(college: College, by: str = "值班员", **answers: Any) -> Incident:
    """小明 reports a fever, and somebody takes it over."""
    college.report("小明", replace(FEVER, **answers))
    college.work()
    acknowledge_incident.acknowledge(incident=the_incident(), **who(college, by))
    return the_incident()


def verified(college: College, verdict: str = "TRUE", **more: Any) -> Verification:
    given: dict[str, Any] = {"method": "PHONE", "text": "本人接听,确有发热", **more}
    return handle_incident.verify(
        incident=the_incident(), verdict=verdict, **given, **who(college, "值班员")
    )


def said(college: College, kind: str, source: str = "HOSPITAL", **more: Any) -> Classification:
    given: dict[str, Any] = {
        "said_by": "市中心医院发热门诊 王医生", "document": "发热门诊〔2020〕17号", **more,
    }  # fmt: skip
    return handle_incident.classify(
        incident=the_incident(), kind=kind, source=source, **given, **who(college, "值班员")
    )


def told(
    college: College, organisation: str = "CDC", at: datetime | None = None, **more: Any
) -> OutsideNotice:
    telling = Telling(
        organisation=Organisation(organisation), method=Way.PHONE, spoke_with="李科长",
        phone="0818-2112345", given="首报口头内容", at=at,
    )  # fmt: skip
    return handle_incident.tell_outside(
        incident=the_incident(), telling=telling, **more, **who(college, "值班员")
    )
