"""Which column of a timetable, a seating plan or a sign-in sheet means what. Pure."""

from __future__ import annotations

from lianfang.roster.imports.columns import Titles

_PEOPLE = "学号/工号/学工号/编号/职工号/人员编号/学生编号/number/studentnumber/staffnumber/id"
_NAMES = "姓名/学生姓名/名字/person/fullname"
_CLASS = "班级/行政班/行政班级/班级名称/上课班级/class/classname"
_SINCE = "起始日期/开始日期/起始/生效日期/startson/startdate/from"
_UNTIL = "截止日期/结束日期/终止日期/至/endson/enddate/until"
_BEGINS = "开始时间/上课时间/用餐时间/时间/begins/starttime"
_ENDS = "结束时间/下课时间/ends/endtime"
_PLACE = "教室/上课教室/地点/场地/上课地点/place/roomname/venue"
_SEAT = "座位/座位号/座号/位置/seat"
_WEEKDAY = "星期/周几/上课星期/weekday"
_SLOT = "节次/上课节次/节/slot/lessons"
_PARITY = "单双周/周次类型/parity"
_DAY = "日期/活动日期/乘车日期/签到日期/day/date"

_USUAL: Titles = {
    "number": _PEOPLE, "person_name": _NAMES, "class_name": _CLASS, "seat": _SEAT,
    "since": _SINCE, "until": _UNTIL, "begins": _BEGINS, "ends": _ENDS, "place": _PLACE,
    "weekday": _WEEKDAY, "slot": _SLOT, "parity": _PARITY, "day": _DAY,
}  # fmt: skip


def _titles(group: str, code: str) -> Titles:
    return {"group": group, "code": code, **_USUAL}


TITLES: dict[str, Titles] = {
    "COURSE": _titles(
        "课程/课程名称/课程名/教学班名称/course/coursename",
        "课程号/课程代码/课程编号/教学班/教学班号/选课课号/coursecode/code",
    ),
    "CANTEEN": _titles("食堂/食堂名称/就餐地点/餐厅/canteen", "食堂编号/食堂代码/code"),
    "ACTIVITY": _titles("活动/活动名称/activity/event", "活动编号/活动代码/code"),
    "WORKSHOP": _titles(
        "实训室/实验室/车间/实训室名称/实验室名称/workshop/lab", "编号代码/房间代码/code"
    ),
    "OFFICE": _titles("办公室/办公地点/办公室名称/office", "办公室编号/房间代码/code"),
    "VEHICLE": _titles("车次/航班/班车/车辆/车牌/车次航班/vehicle/bus", "车辆编号/code"),
    "OTHER": _titles("群组/名称/组/group", "群组编号/代码/code"),
}
FLOORS: Titles = {
    "building": "楼栋/宿舍楼/楼号/公寓楼/building",
    "room": "房间/房间号/房号/宿舍/room",
    "floor": "楼层/层/floor",
}
