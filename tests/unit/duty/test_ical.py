"""What we write is a calendar to somebody else's reader too."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from lianfang.duty.ical import Event, calendar

NOW = datetime(2020, 2, 1, tzinfo=UTC)
NIGHT = Event(
    uid="shift-1@lianfang",
    starts_at=datetime(2020, 2, 28, 14, tzinfo=UTC),
    ends_at=datetime(2020, 2, 28, 22, tzinfo=UTC),
    title="值班: 张三",
    place="学院党委",
)


def test_a_calendar_reads_back_as_it_was_written() -> None:
    read = Calendar.from_ical(calendar([NIGHT], name="值班表", now=NOW))
    [event] = read.walk("VEVENT")
    assert event["UID"] == NIGHT.uid
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (NIGHT.starts_at, NIGHT.ends_at)
    assert str(event["SUMMARY"]) == NIGHT.title
    assert str(event["LOCATION"]) == NIGHT.place


def test_an_empty_roster_is_an_empty_calendar() -> None:
    assert Calendar.from_ical(calendar([], name="", now=NOW)).walk("VEVENT") == []


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=200))
def test_no_text_breaks_the_lines(text: str) -> None:
    event = Event("1", NIGHT.starts_at, NIGHT.ends_at, title=text)
    written = calendar([event], name="x", now=NOW)
    for line in written.split("\r\n"):
        assert len(line.encode()) <= 75
    [read] = Calendar.from_ical(written).walk("VEVENT")
    assert str(read["SUMMARY"]) == text


def test_a_line_break_in_a_title_starts_no_new_property() -> None:
    event = Event("1", NIGHT.starts_at, NIGHT.ends_at, title="a\r\nATTENDEE:mailto:x@example.org")
    assert "\r\nATTENDEE" not in calendar([event], name="x", now=NOW)
