"""A roster changes as of a day, all of it or nothing, and what was before stays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from lianfang.audit.models import Entry
from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.clock import reporting_day
from lianfang.reporting import operations as reporting
from lianfang.reporting import queries as ledgers
from lianfang.roster import operations as roster
from lianfang.roster import queries
from lianfang.roster.imports.bulk import RosterChanged
from lianfang.roster.imports.changes import ImportPlan
from lianfang.roster.imports.problems import Problem
from lianfang.roster.imports.reading import RosterFiles
from lianfang.roster.imports.sheets import NamedFile
from lianfang.roster.models import Lodging, Membership, Person, Post, Unit, UnitLink
from lianfang.roster.queries import held_on
from lianfang.usecases import roster_import
from lianfang.usecases.roster_import import ImportHasProblems, ManyWouldBeGone, NotThatDay
from tests import rosters
from tests.cast import College
from tests.rosters import small_college, student, teacher

pytestmark = pytest.mark.django_db
DAY = date(2020, 2, 1)
LATER = date(2020, 2, 10)
FIRST = [*(student(n) for n in range(1, 7)), *(student(n, unit="网络2班") for n in range(7, 13))]
Import = Callable[..., ImportPlan]


@pytest.fixture
def bring(now: datetime) -> Import:
    """`bring(rows)` applies a roster of these students (or a file, or posts) as of a day."""

    def bring(
        students: Sequence[Any] = (), *, as_of: date = DAY, file: NamedFile | None = None,
        posts: NamedFile | None = None, party: bool = True, **more: Any,
    ) -> ImportPlan:  # fmt: skip
        given = rosters.files(file or small_college(students=students), posts=posts, party=party)
        return roster_import.apply_import(files=given, as_of=as_of, actor=OPERATOR, now=now, **more)

    return bring


@pytest.fixture
def look(now: datetime) -> Import:
    """`look(rows)` is the dry run of the same."""

    def look(
        students: Sequence[Any] = (), *, as_of: date = DAY, file: NamedFile | None = None,
        posts: NamedFile | None = None, party: bool = True, **more: Any,
    ) -> ImportPlan:  # fmt: skip
        given = rosters.files(file or small_college(students=students), posts=posts, party=party)
        return roster_import.plan_import(files=given, as_of=as_of, now=now, **more)

    return look


def told(problem: Problem) -> str:
    return problem.text % problem.context


def periods(number: str, kind: str = "REPORTING") -> list[tuple[str, date, date | None]]:
    rows = Membership.objects.filter(person__number=number, kind=kind).order_by("held_from")
    return list(rows.values_list("unit__name", "held_from", "held_until"))


def posts_on(day: date) -> set[tuple[str, str, str]]:
    held = Post.objects.filter(held_on(day))
    return set(held.values_list("person__name", "unit__name", "role"))


def tables() -> list[int]:
    every = (Unit, UnitLink, Person, Membership, Post, Lodging, Entry)
    return [model.objects.count() for model in every]


# ---------------------------------------------------------------- dry run, all or nothing


def test_a_dry_run_writes_nothing(look: Import) -> None:
    before = tables()
    plan = look()
    assert plan.counts()["people"]["added"] == 16
    assert plan.counts()["units"]["added"] == 10
    assert tables() == before


def test_one_error_anywhere_and_nothing_is_written(bring: Import) -> None:
    before = tables()
    with pytest.raises(ImportHasProblems) as caught:
        bring([*FIRST, student(13, 手机号="142265015641")])
    [problem] = caught.value.plan.errors
    assert (problem.sheet, problem.row, problem.column) == ("学生名册", 15, "手机号")
    assert tables() == before


def test_a_warning_is_told_and_passes(bring: Import) -> None:
    plan = bring([*FIRST, student(13, 宿舍="家属院")])
    assert [problem.column for problem in plan.warnings] == ["宿舍"]
    assert Person.objects.filter(number="2019000013").exists()


def test_a_plan_that_fails_half_way_leaves_nothing_behind(
    bring: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last thing that is written is the audit trail: when it cannot be, nothing is."""
    before = tables()

    def full(*_arguments: object, **_more: Any) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("lianfang.usecases.roster_import.audit.record", full)
    with pytest.raises(OSError, match="no space"):
        bring()
    assert tables() == before


def test_another_plan_than_the_confirmed_one_is_refused(
    bring: Import, look: Import, now: datetime
) -> None:
    bring()
    shown = look(FIRST[:-1], as_of=LATER)
    one = Person.objects.get(number="2019000001")
    roster.release(person=one, day=LATER, actor=OPERATOR, now=now)
    with pytest.raises(RosterChanged):
        bring(FIRST[:-1], as_of=LATER, digest=shown.digest)
    again = look(FIRST[:-1], as_of=LATER)
    assert bring(FIRST[:-1], as_of=LATER, digest=again.digest).counts()["people"]["gone"] == 1


# ---------------------------------------------------------------- changes as of a day


def test_the_same_file_again_changes_nothing_on_any_day(bring: Import) -> None:
    bring()
    before = tables()
    for day in (date(2020, 1, 1), DAY, LATER):
        assert bring(as_of=day).is_empty
    assert tables() == before


def test_a_move_ends_one_membership_and_begins_another_on_the_same_day(bring: Import) -> None:
    bring()
    rows = [student(1, unit="网络2班"), *FIRST[1:]]
    plan = bring(rows, as_of=LATER)
    assert [(m.number, m.from_name, m.to_name) for m in plan.moved] == [
        ("2019000001", "网络1班", "网络2班")
    ]
    assert periods("2019000001") == [("网络1班", DAY, LATER), ("网络2班", LATER, None)]
    assert bring(rows, as_of=LATER).is_empty


def test_a_mistake_corrected_as_of_the_same_day_never_came_to_be(bring: Import) -> None:
    bring()
    bring([student(1, unit="网络2班"), *FIRST[1:]])
    assert periods("2019000001") == [("网络2班", DAY, None)]


def test_whoever_is_not_in_the_file_has_left_as_of_the_day_and_is_not_deleted(
    bring: Import,
) -> None:
    bring()
    plan = bring(FIRST[1:], as_of=LATER)
    assert [person.number for person in plan.gone] == ["2019000001"]
    assert periods("2019000001") == [("网络1班", DAY, LATER)]
    assert not Lodging.objects.filter(person__number="2019000001", held_until=None).exists()
    assert bring(FIRST[1:], as_of=LATER).is_empty


def test_whoever_comes_back_goes_on_under_the_same_number(bring: Import) -> None:
    bring()
    bring(FIRST[1:], as_of=LATER)
    spring = date(2020, 3, 1)
    plan = bring(FIRST, as_of=spring)
    assert plan.counts()["people"]["returned"] == 1
    assert periods("2019000001") == [("网络1班", DAY, LATER), ("网络1班", spring, None)]


def test_students_alone_say_nothing_of_the_staff(bring: Import) -> None:
    bring()
    only = rosters.xlsx({"学生名册": [rosters.STUDENTS, *FIRST]})
    assert bring(file=only, as_of=LATER, party=False).is_empty
    assert bring(file=only, as_of=LATER).is_empty


def test_more_than_a_fifth_gone_needs_a_word_of_its_own(bring: Import, look: Import) -> None:
    bring()
    few = FIRST[:9]
    assert look(few, as_of=LATER).gone_needs_confirming
    before = tables()
    with pytest.raises(ManyWouldBeGone):
        bring(few, as_of=LATER)
    assert tables() == before
    assert bring(few, as_of=LATER, confirm_gone=True).counts()["people"]["gone"] == 3


def test_a_fifth_of_the_staff_counts_by_itself(bring: Import, look: Import) -> None:
    """Two of four teachers are few beside the students, but they are half of the staff."""
    bring()
    file = small_college(
        students=FIRST, staff=[teacher(1, name="陈辅导", 岗位="辅导员"), teacher(2)]
    )
    assert look(file=file, as_of=LATER).gone_needs_confirming


def test_data_changes_are_written_and_noted_without_their_values(bring: Import) -> None:
    bring()
    Person.objects.update(phone_verified_at=datetime(2020, 2, 1, tzinfo=None).astimezone())
    bring([student(1, 手机号="14399999999", 政治面貌="群众"), *FIRST[1:]], as_of=LATER)
    person = Person.objects.get(number="2019000001")
    assert (person.phone, person.political_status) == ("+8614399999999", "群众")
    assert person.phone_index == roster.phone_index("+8614399999999")
    assert person.phone_verified_at is None
    assert Person.objects.filter(phone_verified_at=None).count() == 1
    entry = Entry.objects.get(verb="roster.person.changed")
    assert (entry.concerns, entry.detail) == (person.pk, {"fields": ["phone", "political_status"]})
    assert "143" not in str(list(Entry.objects.values_list("detail", flat=True)))


def test_an_empty_cell_does_not_wipe_out_a_phone(bring: Import) -> None:
    bring()
    assert bring([student(1, 手机号="", 家庭住址=""), *FIRST[1:]], as_of=LATER).is_empty


def test_a_number_that_changes_its_owner_is_told(look: Import, bring: Import) -> None:
    bring()
    plan = look([student(1, name="另一人"), *FIRST[1:]], as_of=LATER)
    [note] = plan.problems
    assert (note.severity, note.column) == ("warning", "姓名")


def test_a_new_room_ends_the_old_one(bring: Import) -> None:
    bring()
    bring([student(1, 宿舍="5号楼204室"), student(2, 宿舍="走读"), *FIRST[2:]], as_of=LATER)
    rooms = Lodging.objects.filter(person__number="2019000001").order_by("held_from")
    assert list(rooms.values_list("building", "room", "held_from", "held_until")) == [
        ("3", "101", DAY, LATER),
        ("5", "204", LATER, None),
    ]
    assert not Lodging.objects.filter(person__number="2019000002", held_until=None).exists()


def test_a_room_that_cannot_be_read_leaves_the_stored_one(bring: Import) -> None:
    bring()
    plan = bring([student(1, 宿舍="待定"), *FIRST[1:]], as_of=LATER)
    assert (plan.is_empty, len(plan.warnings)) == (True, 1)


def test_a_year_of_entry_that_the_file_does_not_tell_stays(bring: Import) -> None:
    titles = [*rosters.STUDENTS, "年级"]
    staff = [rosters.STAFF, teacher(1, name="陈辅导", 岗位="辅导员")]
    told = rosters.xlsx(
        {"学生名册": [titles, [*student(1), "2019级"]], "教职工名册": staff}, title="南山学院名册"
    )
    bring(file=told)
    silent = rosters.xlsx({"学生名册": [rosters.STUDENTS, student(1)], "教职工名册": staff})
    assert bring(file=silent, as_of=LATER).is_empty
    assert Person.objects.get(number="2019000001").grade == "2019"


def test_a_row_with_a_later_day_of_its_own_begins_then(bring: Import) -> None:
    titles = [*rosters.STUDENTS, "起始日期"]
    start = date(2020, 2, 17)
    rows = [[*row, None] for row in FIRST] + [[*student(13), start]]
    file = rosters.xlsx({"学生名册": [titles, *rows]})
    staff = [rosters.STAFF, teacher(1, name="陈辅导", 岗位="辅导员")]
    file = rosters.xlsx({"学生名册": [titles, *rows], "教职工名册": staff}, title="南山学院名册")
    bring(file=file)
    assert periods("2019000013") == [("网络1班", start, None)]
    assert bring(file=file).is_empty


@pytest.mark.parametrize("cell", [43861, "2020-01-31", "2020年1月31日"])
def test_a_day_before_the_import_is_no_reason_to_begin_earlier(bring: Import, cell: Any) -> None:
    titles = [*rosters.STUDENTS, "入学日期"]
    staff = [rosters.STAFF, teacher(1, name="陈辅导", 岗位="辅导员")]
    rows = [[*student(1), cell]]
    bring(file=rosters.xlsx({"学生名册": [titles, *rows], "教职工": staff}, title="南山学院名册"))
    assert periods("2019000001") == [("网络1班", DAY, None)]


def test_nothing_is_placed_into_a_unit_before_it_was_opened(bring: Import, look: Import) -> None:
    bring()
    [problem] = look([*FIRST, student(13)], as_of=date(2020, 1, 15)).errors
    assert "on the roster since 2020-02-01 only" in told(problem)
    assert problem.cure % problem.context == "Import as of 2020-02-01 or later."
    [problem] = look([student(1, unit="网络2班"), *FIRST[1:]], as_of=date(2020, 1, 15)).errors
    assert problem.cure % problem.context == "Import as of 2020-02-01 or later."


def test_a_change_that_is_entered_for_later_is_not_overrun(
    bring: Import, look: Import, now: datetime
) -> None:
    bring()
    roster.move_person(
        person=Person.objects.get(number="2019000001"), unit=Unit.objects.get(name="网络2班"),
        kind="REPORTING", day=date(2020, 3, 1), actor=OPERATOR, now=now,
    )  # fmt: skip
    rows = [student(1, unit="网络3班"), *FIRST[1:]]
    [problem] = look(rows, as_of=LATER).errors
    assert "begins on 2020-03-01" in told(problem)
    assert look(rows, as_of=date(2020, 3, 1)).errors == []


@pytest.mark.parametrize("day", [date(1999, 12, 31), date(2021, 3, 1)])
def test_a_day_out_of_all_reason_is_refused(look: Import, day: date) -> None:
    with pytest.raises(NotThatDay):
        look(as_of=day)


def test_the_figures_of_days_that_were_counted_are_counted_again(now: datetime) -> None:
    college = College.found(now)
    day = college.today
    for earlier in (day - timedelta(days=1), day):
        reporting.count_day(day=earlier, now=now)
    before = ledgers.own_ledgers(day=day)[college.unit("网络1班").pk].expected
    titles = ["学号", "姓名", "院系", "专业", "班级"]
    people = [college[name] for name in ("小明", "小红", "小刚", "外人")]
    homes = {"外人": ("护理系", "", "护理1班")}
    rows = [
        [p.number, p.name, *homes.get(p.name, ("信息系", "网络专业", "网络1班"))] for p in people
    ]
    rows.append(["2020000001", "新生", "信息系", "网络专业", "网络1班"])
    files = RosterFiles(roster=rosters.comma([titles, *rows]))
    plan = roster_import.apply_import(
        files=files, as_of=day - timedelta(days=1), actor=OPERATOR, now=now
    )
    assert plan.counts()["people"]["added"] == 1
    for counted in (day - timedelta(days=1), day):
        own = ledgers.own_ledgers(day=counted)
        assert own[college.unit("网络1班").pk].expected == before + 1
        assert own == ledgers.recounted(day=counted)
    assert not ledgers.is_counted(day=day - timedelta(days=2))


def test_every_change_leaves_a_trace_about_the_person(bring: Import) -> None:
    bring()
    bring([student(1, unit="网络2班"), *FIRST[2:]], as_of=LATER)
    person = Person.objects.get(number="2019000001")
    verbs = set(Entry.objects.filter(concerns=person.pk).values_list("verb", flat=True))
    assert verbs == {"roster.person.enrolled", "roster.membership.moved"}
    gone = Person.objects.get(number="2019000002")
    assert Entry.objects.filter(concerns=gone.pk, verb="roster.person.released").count() == 1
    done = Entry.objects.filter(verb="roster.import.applied").latest("id")
    assert (done.detail["as_of"], done.detail["counts"]["people"]["gone"]) == ("2020-02-10", 1)


# ---------------------------------------------------------------- units


def test_codes_of_units_are_the_same_in_every_installation(bring: Import) -> None:
    bring()
    codes = dict(Unit.objects.values_list("name", "code"))
    assert codes["信息系"] == "XXX"
    assert codes["网络1班"] == "WL1B"
    assert codes["信息学生党支部"] == "P11"


def test_two_units_with_the_same_initials_get_different_codes(look: Import) -> None:
    plan = look([student(1), student(2, unit="王罗1班")])
    codes = [unit.code for unit in plan.units_opened]
    assert len(set(codes)) == len(codes)
    assert sum(code.startswith("WL1B") for code in codes) == 2


def test_a_class_that_all_have_left_is_closed_and_its_past_stays(bring: Import) -> None:
    bring()
    rows = [*FIRST[:6], *(student(n) for n in range(7, 13))]
    plan = bring(rows, as_of=LATER)
    assert [unit.name for unit in plan.units_closed] == ["网络2班"]
    closed = Unit.objects.get(name="网络2班")
    assert closed.closed_on == LATER
    assert queries.roll([closed.pk], day=DAY).count() == 6
    college = queries.college()
    assert college is not None
    assert closed.pk not in queries.subtree_ids(college, day=LATER)
    assert bring(rows, as_of=LATER).is_empty


def test_a_class_that_changes_its_major_stays_the_same_unit(bring: Import) -> None:
    bring()
    unit = Unit.objects.get(name="网络2班")
    rows = [*FIRST[:6], *(student(n, unit="网络2班", 专业="安全专业") for n in range(7, 13))]
    plan = bring(rows, as_of=LATER)
    assert [(moved.name, moved.parent_name) for moved in plan.units_moved] == [
        ("网络2班", "安全专业")
    ]
    assert plan.counts()["people"]["moved"] == 0
    unit.refresh_from_db()
    names = [node.name for node in queries.line_of_superiors(unit, day=LATER)]
    assert names == ["网络2班", "安全专业", "信息系", "南山学院"]
    before = [node.name for node in queries.line_of_superiors(unit, day=DAY)]
    assert before == ["网络2班", "网络专业", "信息系", "南山学院"]
    assert bring(rows, as_of=LATER).is_empty


def test_a_unit_that_nobody_is_in_yet_is_left_alone(bring: Import, now: datetime) -> None:
    bring()
    roster.open_unit(
        tree="ADMINISTRATIVE", kind="OFFICE", code="GBX", name="国际部", parent=queries.college(),
        day=DAY, actor=OPERATOR, now=now,
    )  # fmt: skip
    assert bring(as_of=LATER).is_empty


def test_a_department_does_not_become_an_office_when_only_its_staff_is_told(
    bring: Import,
) -> None:
    bring()
    staff = [teacher(1, name="陈辅导", 岗位="辅导员"), teacher(2, name="林主任")]
    staff += [teacher(n, name=name, 部门="党政办", 岗位="行政人员", 政治面貌="中共党员", 党支部="机关党支部")
              for n, name in ((3, "值班甲"), (4, "书记乙"))]  # fmt: skip
    assert bring(file=rosters.xlsx({"教职工名册": [rosters.STAFF, *staff]}), as_of=LATER).is_empty


def test_a_class_without_a_major_in_the_file_is_found_where_it_stands(bring: Import) -> None:
    bring()
    titles = ["学号", "姓名", "班级"]
    rows = [[row[0], row[1], row[5]] for row in FIRST]
    assert bring(file=rosters.comma([titles, *rows]), as_of=LATER).is_empty


def test_an_unknown_unit_is_told_with_what_is_missing(look: Import, bring: Import) -> None:
    bring()
    titles = ["学号", "姓名", "班级"]
    rows = [[row[0], row[1], row[5]] for row in FIRST]
    rows[3][2] = "网络9班"
    [problem] = look(file=rosters.comma([titles, *rows]), as_of=LATER).errors
    assert (problem.row, problem.column, problem.value) == (5, "班级", "网络9班")
    assert told(problem) == "No unit of this name is known."


def test_a_department_written_wrong_by_one_character_is_told(look: Import) -> None:
    """In a college that stands, 信息工程糸 is no new department."""
    rows = [student(n, 院系="信息工程系") for n in range(1, 6)]
    staff = [teacher(1, name="陈辅导", 部门="信息工程系", 岗位="辅导员")]
    first = small_college(students=rows, staff=staff)
    now = datetime(2020, 2, 1, 8).astimezone()
    roster_import.apply_import(files=rosters.files(first), as_of=DAY, actor=OPERATOR, now=now)
    rows[2] = student(3, 院系="信息工程糸")
    plan = look(file=small_college(students=rows, staff=staff), as_of=LATER)
    assert any("there is 信息工程系" in told(problem) for problem in plan.errors)
    assert {problem.row for problem in plan.errors} == {5}


def test_a_row_that_places_its_class_elsewhere_is_told(look: Import) -> None:
    plan = look([*FIRST, *(student(n) for n in range(20, 30)), student(13, 专业="护理专业")])
    [problem] = plan.errors
    assert (problem.row, problem.column) == (25, "班级")
    assert "place this class in 信息系/网络专业" in told(problem)


def test_people_without_a_unit_are_told(look: Import) -> None:
    file = small_college(students=[student(1, 班级="")], staff=[teacher(1, 部门=None)])
    plan = look(file=file)
    assert sorted((p.sheet, p.column) for p in plan.errors) == [
        ("学生名册", "班级"), ("教职工名册", "部门"),
    ]  # fmt: skip


def test_the_name_of_the_college_comes_from_the_title_or_from_whoever_gives_it(
    look: Import,
) -> None:
    assert look().college == "南山学院"
    assert look(college="北海学院").college == "北海学院"
    untitled = rosters.xlsx({"学生名册": [rosters.STUDENTS, student(1, 辅导员="")]})
    assert look(file=untitled).college == "南山学院"  # of the committee
    nameless = look(file=untitled, party=False)
    assert "what the college is called" in told(nameless.errors[0])


def test_the_college_is_renamed_only_when_somebody_says_so(bring: Import) -> None:
    bring()
    assert bring(file=small_college(students=FIRST), as_of=LATER).is_empty
    plan = bring(as_of=LATER, college="南山职业技术学院")
    assert [change.fields for change in plan.units_changed] == [{"name": "南山职业技术学院"}]
    assert Unit.objects.get(kind="COLLEGE").name == "南山职业技术学院"


# ---------------------------------------------------------------- the Party tree


def organisations(*rows: Sequence[str]) -> NamedFile:
    return rosters.comma([rosters.PARTY, *rows], name="party.csv")


def party_plan(now: datetime, *rows: Sequence[str], as_of: date = LATER) -> ImportPlan:
    files = RosterFiles(roster=small_college(), party=organisations(*rows))
    return roster_import.plan_import(files=files, as_of=as_of, now=now)


COMMITTEE = ("0", "中共南山学院委员会", "党委", "")


def test_an_organisation_that_would_be_its_own_superior_is_told(now: datetime) -> None:
    plan = party_plan(
        now, COMMITTEE, ("1", "信息系党总支", "党总支", "11"), ("11", "信息学生党支部", "党支部", "1"),
        ("2", "机关党支部", "直属党支部", "0"),
    )  # fmt: skip
    own = [problem for problem in plan.errors if "its own superior" in told(problem)]
    assert {(problem.row, problem.column) for problem in own} == {
        (3, "parent_code"),
        (4, "parent_code"),
    }


def test_faults_of_the_party_table_are_all_told(now: datetime) -> None:
    plan = party_plan(
        now, COMMITTEE, ("1", "信息系党总支", "党总支", "0"), ("1", "第二党总支", "党总支", "0"),
        ("3", "老干部支部", "支委会", "0"), ("4", "离休支部", "党支部", "9"), ("5", "", "党支部", "0"),
        ("6", "另一个党委", "党委", ""), ("2", "机关党支部", "直属党支部", "0"),
    )  # fmt: skip
    assert {(problem.row, problem.column) for problem in plan.errors} == {
        (4, "code"), (5, "kind"), (6, "parent_code"), (7, "name"), (8, "parent_code"),
    }  # fmt: skip


def test_an_unknown_branch_is_told_with_the_nearest_name(look: Import) -> None:
    rows = [student(1, 政治面貌="中共党员", 党支部="信息学生党支邦"), *FIRST[1:]]
    [problem] = look(rows).errors
    assert (problem.row, problem.column) == (3, "党支部")
    assert problem.cure % problem.context == "Did you mean 信息学生党支部?"


def test_a_member_changes_branch_and_leaves_it_by_dates(bring: Import) -> None:
    bring([student(1, 党支部="信息学生党支部"), *FIRST[1:]])
    bring([student(1, 党支部="机关党支部"), *FIRST[1:]], as_of=LATER)
    bring([student(1), *FIRST[1:]], as_of=date(2020, 3, 1))
    assert periods("2019000001", "PARTY") == [
        ("信息学生党支部", DAY, LATER), ("机关党支部", LATER, date(2020, 3, 1)),
    ]  # fmt: skip
    assert periods("2019000001") == [("网络1班", DAY, None)]


def test_a_branch_moves_and_another_one_closes(bring: Import, now: datetime) -> None:
    bring()
    files = RosterFiles(
        party=organisations(
            COMMITTEE, ("1", "信息系党总支部", "党总支", "0"), ("2", "机关党支部", "党支部", "1")
        )
    )
    plan = roster_import.apply_import(files=files, as_of=LATER, actor=OPERATOR, now=now)
    assert plan.errors == []
    assert [unit.name for unit in plan.units_closed] == ["信息学生党支部"]
    assert [(unit.name, unit.parent_name) for unit in plan.units_moved] == [
        ("机关党支部", "信息系党总支部")
    ]
    office = Unit.objects.get(name="机关党支部")
    assert [u.code for u in queries.line_of_superiors(office, day=LATER)] == ["P2", "P1", "P0"]
    assert [u.code for u in queries.line_of_superiors(office, day=DAY)] == ["P2", "P0"]


def test_a_branch_with_members_cannot_be_left_out(now: datetime, bring: Import) -> None:
    bring()
    files = RosterFiles(party=organisations(COMMITTEE, ("1", "信息系党总支", "党总支", "0")))
    plan = roster_import.plan_import(files=files, as_of=LATER, now=now)
    [problem] = plan.errors
    assert "机关党支部 is missing in the file" in told(problem)


# ---------------------------------------------------------------- posts


def posts(*rows: Sequence[Any]) -> NamedFile:
    return rosters.comma([("单位", "岗位", "工号"), *rows], name="posts.csv")


HEADS = (
    ("信息系", "责任人", "T00002"),
    ("南山学院", "责任人", "T00004"),
    ("", "值班员", "T00003"),
    ("南山学院", "领导小组", "T00004"),
    ("网络1班", "班级信息员", "2019000001"),
)


def test_the_counselors_of_the_rows_and_the_posts_of_the_table_are_given(bring: Import) -> None:
    bring(posts=posts(*HEADS))
    assert posts_on(DAY) == {
        ("陈辅导", "网络1班", "COUNSELOR"),
        ("陈辅导", "网络2班", "COUNSELOR"),
        ("林主任", "信息系", "RESPONSIBLE_HEAD"),
        ("书记乙", "南山学院", "RESPONSIBLE_HEAD"),
        ("值班甲", "中共南山学院委员会", "DUTY_OFFICER"),
        ("书记乙", "中共南山学院委员会", "LEADER"),
        (FIRST[0][1], "网络1班", "CLASS_REPORTER"),
    }
    assert bring(posts=posts(*HEADS), as_of=LATER).is_empty


def test_the_table_of_posts_names_all_holders_of_what_it_speaks_of(
    bring: Import, now: datetime
) -> None:
    bring(posts=posts(*HEADS))
    files = RosterFiles(posts=posts(("信息系", "责任人", "T00001"), ("信息系", "副职", "T00002")))
    plan = roster_import.apply_import(files=files, as_of=LATER, actor=OPERATOR, now=now)
    assert plan.counts()["posts"] == {"added": 2, "closed": 1}
    held = Post.objects.filter(unit__name="信息系").order_by("pk")
    assert list(held.values_list("person__name", "is_deputy", "held_from", "held_until")) == [
        ("林主任", False, DAY, LATER),
        ("陈辅导", False, LATER, None),
        ("林主任", True, LATER, None),
    ]
    assert ("值班甲", "中共南山学院委员会", "DUTY_OFFICER") in posts_on(LATER)


def test_faults_of_the_table_of_posts_are_all_told(look: Import) -> None:
    table = posts(
        ("护理系", "责任人", "T00002"), ("信息系", "大将军", "T00002"), ("信息系", "责任人", "T99999"),
        ("信息系", "责任人", "T0 0 0 0 2"), ("信息系", "信息员", ""),
    )  # fmt: skip
    problems = look(posts=table).errors
    assert [(problem.row, problem.column) for problem in problems] == [
        (2, "单位"), (3, "岗位"), (4, "工号"), (6, "工号"),
    ]  # fmt: skip


def test_whoever_is_gone_holds_nothing_any_more(bring: Import) -> None:
    bring(posts=posts(*HEADS))
    plan = bring(FIRST[1:], as_of=LATER)
    assert [(post.role, post.number) for post in plan.posts_ended] == [
        ("CLASS_REPORTER", "2019000001")
    ]
    assert not any(role == "CLASS_REPORTER" for _name, _unit, role in posts_on(LATER))


def test_a_new_counselor_takes_over_on_the_day(bring: Import) -> None:
    bring()
    rows = [*(student(n, 辅导员="林主任") for n in range(1, 7)), *FIRST[6:]]
    bring(rows, as_of=LATER)
    unit = Unit.objects.get(name="网络1班")
    held = Post.objects.filter(unit=unit).order_by("pk")
    assert list(held.values_list("person__name", "held_from", "held_until")) == [
        ("陈辅导", DAY, LATER),
        ("林主任", LATER, None),
    ]


def test_a_class_without_a_name_in_its_rows_keeps_its_counselor(bring: Import) -> None:
    bring()
    rows = [*(student(n, 辅导员="") for n in range(1, 7)), *FIRST[6:]]
    assert bring(rows, as_of=LATER).is_empty


def test_a_counselor_whom_nobody_knows_is_told_once_for_each_class(look: Import) -> None:
    problems = look([*(student(n, 辅导员="无名氏") for n in range(1, 7)), *FIRST[6:]]).errors
    assert [(problem.row, problem.column, problem.value) for problem in problems] == [
        (3, "辅导员", "无名氏")
    ]
    assert "6 rows name them" in told(problems[0])


def test_of_two_namesakes_the_counselor_of_the_department_is_meant(look: Import) -> None:
    staff = [teacher(1, name="陈辅导"), teacher(2, name="陈辅导", 岗位="辅导员"),
             teacher(3, name="陈辅导", 岗位="辅导员", 部门="护理系")]  # fmt: skip
    plan = look(file=small_college(students=FIRST, staff=staff))
    assert {post.number for post in plan.posts_given} == {"T00002"}


def test_namesakes_that_cannot_be_told_apart_are_told_with_their_numbers(look: Import) -> None:
    staff = [teacher(n, name="陈辅导", 岗位="辅导员") for n in (1, 2)]
    problems = look(file=small_college(students=FIRST, staff=staff)).errors
    assert "陈辅导(T00001, 信息系), 陈辅导(T00002, 信息系)" in told(problems[0])
    exact = [student(n, 辅导员="陈辅导(T00002)") for n in range(1, 7)]
    plan = look(file=small_college(students=exact, staff=staff))
    assert {post.number for post in plan.posts_given} == {"T00002"}


# ---------------------------------------------------------------- one number, two people


def test_one_student_number_for_two_people_is_told(look: Import) -> None:
    [problem] = look([*FIRST, student(1, name="另一人")]).errors
    assert (problem.sheet, problem.row, problem.value) == ("学生名册", 15, "2019000001")
    assert "学生名册, row 3" in told(problem)


def test_one_number_for_a_student_and_a_teacher_is_told(look: Import) -> None:
    file = small_college(
        students=[student(1)], staff=[teacher(1, name="陈辅导", 工号="2019000001")]
    )
    assert [problem.sheet for problem in look(file=file).errors] == ["教职工名册"]


def test_one_phone_for_two_people_is_told_and_passes(look: Import) -> None:
    plan = look([student(1), student(2, 手机号="142 0000 0001")])
    [note] = plan.problems
    assert (note.severity, note.row, note.column) == ("warning", 4, "手机号")
    assert "same phone" in told(note)


def test_the_roster_begins_on_the_business_day_of_shanghai() -> None:
    late = datetime.fromisoformat("2020-01-31T23:30:00+00:00")
    assert reporting_day(late) == DAY
