"""The tables of this room: shifts and what makes them, the book, and reachability."""

from lianfang.duty.models.book import DutyMoment, Handover, LogEntry
from lianfang.duty.models.reach import Drill, DrillCall, DutyFact, FeedAddress, RosterFinding
from lianfang.duty.models.shifts import (
    Cover,
    Days,
    DutyPost,
    DutyShift,
    Rotation,
    RotationMember,
    ShiftChange,
    Swap,
)

__all__ = [
    "Cover",
    "Days",
    "Drill",
    "DrillCall",
    "DutyFact",
    "DutyMoment",
    "DutyPost",
    "DutyShift",
    "FeedAddress",
    "Handover",
    "LogEntry",
    "RosterFinding",
    "Rotation",
    "RotationMember",
    "ShiftChange",
    "Swap",
]
