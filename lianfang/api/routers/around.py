"""What is done for the ill person and around them: reached, checked, housed, cleared."""

from __future__ import annotations

from django.http import HttpRequest

from lianfang.api.access import number_in_address
from lianfang.api.coursing import course_out
from lianfang.api.once import once
from lianfang.api.routers.common import answers
from lianfang.api.routers.course import router, to_handle, who, writer
from lianfang.api.routers.incidents import incident_to_handle
from lianfang.api.shapes.course import (
    CheckIn,
    ClearIn,
    CompanionsIn,
    CourseOut,
    DisinfectedIn,
    EndClockIn,
    PlaceIn,
    ReachIn,
    WaitingRoomIn,
)
from lianfang.incidents.models import Disinfection, LegalClock
from lianfang.incidents.queries import open_check
from lianfang.kernel.refusals import Invalid, NotYours
from lianfang.kernel.texts import gettext_noop as _
from lianfang.usecases import care_for_incident, handle_incident

_ONE = "/incidents/{incident_id}"


@router.post("/clocks/{clock_id}/end", response=answers(200, CourseOut), url_name="clock_end")
@once
def end_clock(request: HttpRequest, clock_id: str, body: EndClockIn) -> CourseOut:
    """A legal limit that holds no longer, and why. `incidents:write` and `answers:read`, for a person."""
    caller = writer(request)
    clock = LegalClock.objects.filter(pk=number_in_address(clock_id)).first()
    if clock is None:
        raise NotYours
    one = incident_to_handle(str(clock.incident_id), caller)
    handle_incident.end_clock(clock=clock, reason=body.reason, **who(caller))
    return course_out(one, caller)


@router.post(f"{_ONE}/reach", response=answers(200, CourseOut), url_name="incident_reach")
@once
def reach_person(request: HttpRequest, incident_id: str, body: ReachIn) -> CourseOut:
    """Whom one asked for somebody who cannot be reached. `incidents:write` and `answers:read`."""
    caller, one = to_handle(request, incident_id)
    care_for_incident.reach(incident=one, sight=caller.sight, **body.model_dump(), **who(caller))
    return course_out(one, caller)


@router.post(f"{_ONE}/check", response=answers(200, CourseOut), url_name="incident_check")
@once
def check_person(request: HttpRequest, incident_id: str, body: CheckIn) -> CourseOut:
    """What the open check found, or when the next one is. `incidents:write` and `answers:read`."""
    caller, one = to_handle(request, incident_id)
    waiting = open_check(one)
    if waiting is not None:
        care_for_incident.note_check(
            check=waiting, found=body.found, again_at=body.due_at, **who(caller)
        )
    else:
        care_for_incident.set_check(incident=one, what=body.what, due_at=body.due_at, **who(caller))
    return course_out(one, caller)


@router.post(f"{_ONE}/room", response=answers(200, CourseOut), url_name="incident_room")
@once
def wait_in_room(request: HttpRequest, incident_id: str, body: WaitingRoomIn) -> CourseOut:
    """Where the person waits on campus, or waits no longer. `incidents:write` and `answers:read`."""
    caller, one = to_handle(request, incident_id)
    if body.room is None:
        care_for_incident.end_observation(incident=one, actor=caller.actor, now=caller.now)
    else:
        care_for_incident.observe(incident=one, room=body.room, **who(caller))
    return course_out(one, caller)


@router.post(f"{_ONE}/companions", response=answers(200, CourseOut), url_name="companions")
@once
def add_companions(request: HttpRequest, incident_id: str, body: CompanionsIn) -> CourseOut:
    """Who was with the person. Token: `incidents:write` and `answers:read`, for a person."""
    caller, one = to_handle(request, incident_id)
    care_for_incident.add_companions(
        incident=one, names="\n".join(body.names), note=body.note, sight=caller.sight, **who(caller)
    )
    return course_out(one, caller)


@router.post(f"{_ONE}/disinfections", response=answers(200, CourseOut), url_name="disinfections")
@once
def ask_disinfection(request: HttpRequest, incident_id: str, body: PlaceIn) -> CourseOut:
    """A place to be disinfected. Token: `incidents:write` and `answers:read`, for a person."""
    caller, one = to_handle(request, incident_id)
    care_for_incident.ask_disinfection(incident=one, place=body.place, **who(caller))
    return course_out(one, caller)


@router.post(
    "/disinfections/{task_id}/done", response=answers(200, CourseOut), url_name="disinfected"
)
@once
def note_disinfection(request: HttpRequest, task_id: str, body: DisinfectedIn) -> CourseOut:
    """Done, and by whom. Token: `incidents:write` and `answers:read`, for a person."""
    caller = writer(request)
    task = Disinfection.objects.filter(pk=number_in_address(task_id)).first()
    if task is None:
        raise NotYours
    one = incident_to_handle(str(task.incident_id), caller)
    care_for_incident.note_disinfection(task=task, done_by=body.done_by, **who(caller))
    return course_out(one, caller)


@router.post(f"{_ONE}/clearance", response=answers(200, CourseOut), url_name="clearance")
@once
def clear_person(request: HttpRequest, incident_id: str, body: ClearIn) -> CourseOut:
    """The paper with which the person comes back. `incidents:write` and `answers:read`, for a person.

    The school doctor has checked it, at any of the college.
    """
    caller, one = to_handle(request, incident_id)
    able = {doctor.number: doctor for doctor in handle_incident.school_doctors(now=caller.now)}
    doctor = able.get(body.checked_by)
    if doctor is None:
        raise Invalid({"checked_by": _("The number of a school doctor, please.")})
    given = body.model_dump() | {"checked_by": doctor}
    handle_incident.clear(incident=one, **given, **who(caller))
    return course_out(one, caller)
