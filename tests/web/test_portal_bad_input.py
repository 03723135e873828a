"""Bad input gets a sentence beside its field, nothing is stored and nothing typed is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from lianfang.places import divisions
from lianfang.reporting.models import DailyReport
from lianfang.roster import operations as roster
from tests.cast import College
from tests.web.portal import FEVER_FORM, FINE_FORM, client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(college: College) -> Client:
    client = client_of(college, "小明")
    client.cookies["language"] = "en"
    return client


def asked_back(client: Client, form: dict[str, Any], *sentences: str) -> Any:
    response = client.post("/report/", form)
    text = response.content.decode()
    assert response.status_code == 422, text[:2000]
    for sentence in sentences:
        assert sentence in text
    assert not DailyReport.objects.exists()
    return response


def stored(client: Client, form: dict[str, Any]) -> DailyReport:
    response = client.post("/report/", form)
    assert response.status_code == 302, response.content.decode()[:3000]
    return DailyReport.objects.get(is_current=True)


# ---------------------------------------------------------------- temperature


@pytest.mark.parametrize("text", ["0", "45", "20", "33.9", "43"])
def test_a_temperature_that_no_living_person_has_is_asked_back(client: Client, text: str) -> None:
    response = asked_back(client, FINE_FORM | {"temperature": text}, "between 34.0 and 42.9")
    assert f'value="{text}"' in response.content.decode()


def test_a_temperature_in_words_is_refused_with_a_hint(client: Client) -> None:
    asked_back(client, FINE_FORM | {"temperature": "三十七"}, "in figures, such as 36.5")


def test_a_temperature_without_its_point_is_asked_back(client: Client) -> None:
    asked_back(client, FINE_FORM | {"temperature": "375"}, "Did you mean 37.5?")


@pytest.mark.parametrize("text", ["３６．５", "36,5", "36.5℃"])
def test_a_temperature_in_another_spelling_is_taken(client: Client, text: str) -> None:
    report = stored(client, FINE_FORM | {"temperature": text})
    assert report.answers["temperature"] == "36.5"


def test_a_fever_of_somebody_who_says_well_is_asked_back(client: Client) -> None:
    asked_back(client, FINE_FORM | {"temperature": "38"}, "is a fever, but you chose")


def test_the_limit_of_the_forehead_is_lower_than_that_of_the_armpit(client: Client) -> None:
    asked_back(client, FINE_FORM | {"temperature": "37", "site": "forehead"}, "is a fever")


def test_a_temperature_and_not_measured_contradict_each_other(client: Client) -> None:
    asked_back(client, FINE_FORM | {"not_measured": "REFUSED"}, "do not go together")


def test_neither_temperature_nor_reason_is_asked_back(client: Client) -> None:
    asked_back(client, FINE_FORM | {"temperature": ""}, "or say why not measured")


def test_a_made_up_site_is_asked_back(client: Client) -> None:
    asked_back(client, FINE_FORM | {"site": "knee"}, "Where was it measured?")


# ---------------------------------------------------------------- symptoms and their first day


def test_an_onset_in_the_future_is_asked_back(client: Client) -> None:
    asked_back(client, FEVER_FORM | {"onset_on": "2020-02-02"}, "cannot lie in the future")


def test_an_onset_of_more_than_14_days_ago_is_asked_back(client: Client) -> None:
    asked_back(client, FEVER_FORM | {"onset_on": "2020-01-17"}, "more than 14 days ago")


def test_an_onset_exactly_14_days_ago_is_taken(client: Client) -> None:
    stored(client, FEVER_FORM | {"onset_on": "2020-01-18"})


@pytest.mark.parametrize("text", ["2020/2/1", "2020年2月1日", "2.1"])
def test_an_onset_in_another_spelling_is_taken(client: Client, text: str) -> None:
    report = stored(client, FEVER_FORM | {"onset_on": text})
    assert report.answers["onset_on"] == "2020-02-01"


def test_an_onset_that_is_no_day_is_asked_back(client: Client) -> None:
    asked_back(client, FEVER_FORM | {"onset_on": "2020-02-31"}, "write the day like this")


def test_well_with_a_symptom_is_asked_back_with_the_symptom_still_ticked(client: Client) -> None:
    response = asked_back(
        client, FINE_FORM | {"symptoms": "dry_cough"}, "Which of the two is right?"
    )
    assert 'value="dry_cough" checked' in response.content.decode()


def test_unwell_without_a_symptom_is_asked_back(client: Client) -> None:
    asked_back(client, FINE_FORM | {"how": "unwell"}, "What is it?", "Since which day?")


def test_a_symptom_that_is_not_on_the_list_is_refused(client: Client) -> None:
    asked_back(client, FEVER_FORM | {"symptoms": "boredom"}, "not on the list of symptoms")


# ---------------------------------------------------------------- where


def test_a_county_code_that_does_not_exist_is_asked_back(client: Client) -> None:
    asked_back(client, FINE_FORM | {"county_code": "999999"}, "999999 is not a division code")


def test_a_renamed_county_code_says_the_new_one(client: Client) -> None:
    asked_back(client, FINE_FORM | {"place_text": "511721"}, "达县", "511703 四川省达州市达川区")


def test_a_place_of_many_is_asked_back_with_choices(client: Client) -> None:
    response = asked_back(client, FINE_FORM | {"place_text": "鼓楼区"}, "Which one?")
    text = response.content.decode()
    for code in ("320106", "320302", "350102", "410204"):
        assert f'name="county_code" value="{code}"' in text
    report = stored(client, FINE_FORM | {"place_text": "鼓楼区", "county_code": "350102"})
    assert divisions.name(report.county_code) == "鼓楼区"


def test_a_place_that_nobody_knows_is_asked_back(client: Client) -> None:
    response = asked_back(client, FINE_FORM | {"place_text": "火星"}, "We do not know this place")
    assert 'value="火星"' in response.content.decode()


def test_a_province_alone_is_asked_back(client: Client) -> None:
    asked_back(client, FINE_FORM | {"place_text": "四川"}, "Where in 四川省?")


def test_no_place_at_all_is_asked_back(client: Client) -> None:
    asked_back(
        client, FINE_FORM | {"place_text": "", "presence": ""}, "in which county or district"
    )


def test_same_as_last_time_without_a_last_time_is_asked_back(client: Client) -> None:
    asked_back(client, FINE_FORM | {"place": "same", "place_text": ""}, "in which county")


# ---------------------------------------------------------------- contacts


def test_none_of_the_four_with_an_answer_below_is_asked_back(client: Client) -> None:
    asked_back(client, FINE_FORM | {"met_case": "1"}, "You chose “none of these”")


def test_one_of_the_four_with_nothing_below_is_asked_back(client: Client) -> None:
    form = FINE_FORM | {"contact": "some", "visited": "no", "met": "no"}
    asked_back(client, form, "below every answer is no")


def test_a_visit_without_place_and_day_is_asked_back(client: Client) -> None:
    form = FINE_FORM | {"contact": "some", "visited": "yes", "met": "no"}
    asked_back(client, form, "Which place was it?", "When did you leave there?")


def test_a_contact_in_the_future_is_asked_back(client: Client) -> None:
    form = FINE_FORM | {"contact": "some", "visited": "no", "met": "yes", "met_on": "2020-02-05"}
    asked_back(client, form, "cannot lie in the future")


# ---------------------------------------------------------------- the form itself


def test_an_empty_form_asks_for_everything_at_once(client: Client) -> None:
    response = asked_back(client, {"truth": "yes"}, "Please say how you are today.")
    assert response.content.decode().count('class="problem"') == 4


def test_nothing_typed_is_lost(client: Client) -> None:
    form = FEVER_FORM | {
        "temperature": "45",
        "note": "嗓子疼,<b>昨晚</b>开始",
        "place_text": "达州通川",
    }
    text = asked_back(client, form).content.decode()
    assert "嗓子疼,&lt;b&gt;昨晚&lt;/b&gt;开始" in text
    assert 'value="四川省达州市通川区"' in text
    assert 'value="fever" checked' in text
    assert 'value="unwell" class="opens opens-only" checked' in text


def test_without_the_truth_sentence_nothing_is_stored(client: Client) -> None:
    form = {name: value for name, value in FINE_FORM.items() if name != "truth"}
    asked_back(client, form, "confirm that your answers are true")


def test_a_note_of_one_megabyte_is_asked_back_and_the_rest_is_kept(client: Client) -> None:
    form = FINE_FORM | {"note": "好" * (1024 * 1024 // 3)}
    text = asked_back(client, form, "At most 200 characters").content.decode()
    assert "好" * 200 in text
    assert len(text) < 60_000
    assert 'value="36.5"' in text


def test_a_body_beyond_all_measure_gets_a_page_in_words(client: Client) -> None:
    response = client.post("/report/", FINE_FORM | {"note": "x" * (9 * 1024 * 1024)})
    assert response.status_code == 400
    assert "备注最多" in response.content.decode()
    assert not DailyReport.objects.exists()


def test_control_characters_do_not_reach_the_database(client: Client) -> None:
    report = stored(client, FINE_FORM | {"note": "a\x00b\x07c\u200bd", "key": "k\x00"})
    assert report.answers["note"] == "abcd"


def test_a_day_that_is_closed_is_refused_in_words(client: Client) -> None:
    for response in (
        client.get("/report/2020-01-20/"),
        client.post("/report/2020-01-20/", FINE_FORM),
    ):
        assert response.status_code == 409
        assert "reporting.day-is-closed" in response.content.decode()


def test_a_day_that_has_not_begun_is_refused_in_words(client: Client) -> None:
    response = client.post("/report/2020-02-03/", FINE_FORM)
    assert response.status_code == 422
    assert "has not begun" in response.content.decode()


@pytest.mark.parametrize("address", ["/report/yesterday/", "/report/2020-02-31/"])
def test_an_address_that_is_no_day_is_not_found(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_a_form_that_was_open_overnight_is_asked_back_for_today(
    client: Client, college: College, it_is: Any
) -> None:
    it_is(college.now + timedelta(days=1))
    form = FINE_FORM | {"opened_on": "2020-02-01"}
    asked_back(client, form, "opened on another day")
    assert stored(client, form | {"opened_on": "2020-02-02"}).day.isoformat() == "2020-02-02"


@pytest.mark.parametrize("days", [-2, 2])
def test_a_phone_whose_clock_is_two_days_off_is_noted_and_not_believed(
    client: Client, college: College, days: int
) -> None:
    phone = int((college.now + timedelta(days=days)).timestamp() * 1000)
    report = stored(client, FINE_FORM | {"client_now": str(phone)})
    assert report.client_skew_s == days * 86400
    assert report.day == college.today


@pytest.mark.parametrize("text", ["", "soon", "9" * 40, "-5", "１２３"])
def test_a_clock_that_is_no_clock_is_ignored(client: Client, text: str) -> None:
    assert stored(client, FINE_FORM | {"client_now": text}).client_skew_s is None


def test_another_persons_identity_in_the_form_changes_nothing(
    client: Client, college: College
) -> None:
    other = college["小红"]
    report = stored(
        client, FINE_FORM | {"person": str(other.pk), "number": other.number, "submitted_by": "1"}
    )
    assert report.person == college["小明"]
    assert not other.daily_reports.exists()


def test_somebody_abroad_reports_without_a_county(client: Client) -> None:
    report = stored(client, FINE_FORM | {"place_text": "Osaka", "presence": "ABROAD"})
    assert (report.county_code, report.presence) == ("", "ABROAD")
    assert client.get(f"/report/receipt/{report.receipt}/").status_code == 200
    assert client.get("/report/").status_code == 200


def test_somebody_who_has_left_is_told_so_on_the_page_that_keeps_every_answer(
    client: Client, college: College
) -> None:
    roster.release(
        person=college["小明"], day=college.today, actor=college.actor("辅导员"), now=college.now
    )
    asked_back(client, FINE_FORM, "小明 is on the roll of no unit", 'value="36.5"')
