"""The outreach pages: an article, a campaign from the form, calls, the page behind a link."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from lianfang.incidents.models import Incident, Referral
from lianfang.outreach.confirming import link_token
from lianfang.outreach.models import ArticleVersion, CallTask, Campaign, GroupPosting, Recipient
from lianfang.usecases import acknowledge_incident
from tests.browser import clean
from tests.cast import FEVER, College
from tests.flow.outreach_cast import QUIZ, WORDING, article, campaign, recipient
from tests.web.desk import client_of, looks_at, page, text_of
from tests.web.portal import log_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser import OpenPage

pytestmark = pytest.mark.django_db(transaction=True)
ItIs = Callable[[datetime], None]


def english(college: College, name: str) -> Client:
    client = client_of(college, name)
    client.cookies["language"] = "en"
    return client


def form(college: College, **changes: Any) -> dict[str, Any]:
    return {
        "article": ArticleVersion.objects.get().pk,
        "subject": "防护知识",
        "units": [college.unit("网络1班").pk],
        "what": "send",
    } | changes


TYPED = {
    "title_zh": WORDING.title_zh, "text_zh": WORDING.text_zh, "source": WORDING.source,
    "valid_until": WORDING.valid_until, "question_zh": "先做什么?", "choices": "洗手 / wash\n照镜子",
    "right_choice": "１",
}  # fmt: skip


def test_an_article_is_written_and_its_next_version_says_what_is_new(college: College) -> None:
    client = english(college, "书记")
    made = client.post("/desk/outreach/articles/new/", TYPED)
    assert made.status_code == 302
    version = ArticleVersion.objects.get()
    assert (version.choices, version.right_choice) == ([["洗手", "wash"], ["照镜子", ""]], 0)
    again = f"/desk/outreach/articles/{version.article_id}/next/"
    assert "洗手 / wash" in client.get(again).content.decode()
    assert "A new version says what is new" in text_of(client.post(again, TYPED))
    assert client.post(again, TYPED | {"what_changed": "补充"}).status_code == 302
    shown = page(college, "书记", f"/desk/outreach/articles/{version.article_id}/")
    assert "补充" in shown
    assert "Version 1" in shown


def test_a_campaign_is_counted_first_and_then_sent(college: College) -> None:
    article(college)
    client = english(college, "书记")
    assert "Who and how many are these?" in text_of(client.get("/desk/outreach/new/"))
    counted = client.post("/desk/outreach/new/", form(college, what="count"))
    assert "This reaches 3 people" in text_of(counted)
    assert not Campaign.objects.exists()
    sent = client.post("/desk/outreach/new/", form(college))
    assert sent.status_code == 302
    assert "0 of 3 know it" in text_of(client.get(sent["Location"]))


def test_a_draft_is_kept_seen_by_the_other_changed_previewed_and_sent(college: College) -> None:
    article(college)
    college.appoint("值班员", "学院", "LIAISON")
    mine, theirs = english(college, "书记"), english(college, "值班员")
    own = {"wait_0": "0", "ways_0": ["sms"], "words": "今晚读完"}
    made = mine.post("/desk/outreach/new/", form(college, what="keep", **own))
    assert (made.status_code, Campaign.objects.count()) == (302, 0)
    path = made["Location"]
    assert path in theirs.get("/desk/outreach/").content.decode()
    shown = theirs.get(path).content.decode()
    assert "今晚读完" in shown
    assert f'value="{college.unit("网络1班").pk}" checked' in shown
    changes = form(college, edition="1", subject="改过", places="四川省", **own)
    assert theirs.post(path, changes | {"what": "keep"}).status_code == 302
    assert "四川省" in mine.get(path).content.decode()
    late = mine.post(path, form(college, edition="1", what="send", **own))
    assert late.status_code == 409
    assert "Read theirs" in text_of(late)
    seen = text_of(mine.post(path, form(college, edition="2", what="count", **own)))
    for words in ("This reaches 3 people", "小明", "text message (not set up", "QQ groups 1"):
        assert words in seen
    sent = mine.post(path, form(college, edition="2", what="send", **own))
    assert mine.get(path)["Location"] == sent["Location"]
    assert "今晚读完" in text_of(mine.get(sent["Location"]))


def test_a_draft_for_other_units_is_nobody_elses_and_can_be_discarded(college: College) -> None:
    article(college)
    client = english(college, "书记")
    path = client.post("/desk/outreach/new/", form(college, what="keep"))["Location"]
    assert english(college, "辅导员").get(path).status_code == 404
    assert english(college, "小明").get(path).status_code == 403
    assert client.post(path, {"what": "discard", "edition": "1"}).status_code == 302
    assert "discarded" in text_of(client.get(path))
    listed = client.get("/desk/outreach/")
    assert "Drafts" not in re.findall("<h2.*?>(.*?)</h2>", listed.content.decode())
    folded = re.findall("<details>.*?</details>", listed.content.decode(), re.DOTALL)
    assert [path in one for one in folded] == [True]
    assert "Discarded drafts 防护知识 学院 · discarded by 书记, Sat 1 Feb 08:00" in text_of(listed)
    assert path not in english(college, "辅导员").get("/desk/outreach/").content.decode()


def test_the_steps_are_put_together_on_the_page(college: College) -> None:
    article(college)
    client = english(college, "书记")
    shown = client.get("/desk/outreach/new/").content.decode()
    assert 'name="wait_3"' in shown, "the three usual steps and an empty one"
    own = {"wait_0": "30", "ways_0": ["sms"], "wait_1": "60", "ways_1": [], "wait_2": "1440",
           "ways_2": ["callers", "pigeon"]}  # fmt: skip
    counted = text_of(client.post("/desk/outreach/new/", form(college, what="count", **own)))
    assert "08:30 text message" in counted
    assert client.post("/desk/outreach/new/", form(college, **own)).status_code == 302
    steps = Campaign.objects.get().steps.order_by("position")
    assert [step.ways for step in steps] == [["sms"], ["callers"]]
    none = form(college, wait_0="0", ways_0=[])
    assert "At least one step" in text_of(client.post("/desk/outreach/new/", none))


def test_the_watched_alone_are_an_audience_and_stay_unnamed(college: College) -> None:
    article(college)
    client = english(college, "书记")
    asked = form(college, units=[], monitored="yes")
    assert "Nobody is meant" in text_of(client.post("/desk/outreach/new/", asked))


def test_the_group_of_a_unit_is_noted_by_those_who_write_to_it(college: College) -> None:
    client = english(college, "辅导员")
    mine, other = college.unit("网络1班").pk, college.unit("护理1班").pk
    address = "/desk/outreach/groups/"
    assert client.post(address, {"unit": mine, "number": "１２３４５６"}).status_code == 302
    assert 'value="123456"' in client.get(address).content.decode()
    wrong = client.post(address, {"unit": mine, "number": "12"})
    assert wrong.status_code == 422
    assert "5 to 12 digits" in text_of(wrong)
    assert client.post(address, {"unit": other, "number": "123456"}).status_code == 404
    assert "护理1班" not in text_of(client.get(address))
    assert client_of(college, "小明").get(address).status_code == 403


@pytest.mark.parametrize(
    "changes,words",
    [
        ({"units": []}, "Nobody is meant by this choice"),
        ({"units": ["U"], "categories": ["nonsense"]}, "Nobody is meant by this choice"),
        ({"units": ["99999999999999999999"]}, "Nobody is meant by this choice"),
        ({"subject": "防护\r\nBcc: x"}, "A subject has one line only"),
        ({"places": "亚特兰蒂斯"}, "Not found, or more than one place"),
        ({"places": "999999"}, "Not found, or more than one place"),
        ({"article": "0"}, "Which article, please?"),
    ],
)
def test_what_is_wrong_is_said_beside_what_was_typed(
    college: College, changes: dict[str, Any], words: str
) -> None:
    article(college)
    answer = english(college, "书记").post("/desk/outreach/new/", form(college, **changes))
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert not Campaign.objects.exists()


def test_everybody_is_asked_back_before_it_is_sent(college: College) -> None:
    article(college)
    whole = form(college, units=[college.unit("学院").pk])
    client = english(college, "书记")
    assert "all 11 people of the college" in text_of(client.post("/desk/outreach/new/", whole))
    sent = client.post("/desk/outreach/new/", whole | {"everybody": "yes"})
    assert sent.status_code == 302
    assert Recipient.objects.count() == 11


def test_a_counselor_tells_the_people_of_the_class_and_nobody_else(college: College) -> None:
    article(college)
    client = english(college, "辅导员")
    both = [college.unit("网络1班").pk, college.unit("护理1班").pk]
    # A counselor of a class speaks in the name of that class.
    assert client.post("/desk/outreach/new/", form(college, units=both)).status_code == 302
    assert Campaign.objects.get().unit == college.unit("网络1班")
    assert Recipient.objects.filter(unit=college.unit("护理1班")).count() == 0
    assert client.get("/desk/outreach/articles/new/").status_code == 403


def test_what_is_not_yours_is_not_there(college: College) -> None:
    one = campaign(college, unit=college.unit("网络1班"))
    college.fast_forward(hours=6)
    task = CallTask.objects.filter(recipient__person=college["小明"]).get()
    posting = GroupPosting.objects.get()
    stranger = client_of(college, "外辅导员")
    for address in (f"/desk/outreach/{one.pk}/", f"/desk/outreach/calls/{task.pk}/"):
        assert stranger.get(address).status_code == 404
    assert stranger.post(f"/desk/outreach/posted/{posting.pk}/").status_code == 404
    assert stranger.post(f"/desk/outreach/{one.pk}/end/").status_code == 404
    assert client_of(college, "小明").get("/desk/outreach/").status_code == 403
    assert Client().get("/desk/outreach/").status_code == 302


def test_a_caller_goes_down_the_list_and_each_look_is_written_down(
    college: College, it_is: ItIs
) -> None:
    campaign(college)
    college.fast_forward(hours=6)
    it_is(college.now)
    client = english(college, "辅导员")
    listed = client.get("/desk/outreach/calls/")
    assert "3 people to ring now" in text_of(listed)
    assert "+8614" not in listed.content.decode()
    task = CallTask.objects.get(recipient__person=college["小明"])
    address = f"/desk/outreach/calls/{task.pk}/"
    assert college["小明"].phone not in client.get(address).content.decode()
    assert college["小明"].phone in client.post(address, {"what": "number"}).content.decode()
    assert looks_at(college["小明"], "roster.phone.revealed") == ["辅导员"]
    following = client.post(address, {"outcome": "WRONG_NUMBER", "note": "空号"})
    assert following["Location"] != address
    assert client.post(address, {"outcome": "nonsense"}).status_code == 422
    again = client.post(address, {"outcome": "TOLD"}, follow=True)
    assert "This call is no longer needed" in text_of(again)
    listed_again = text_of(client.get("/desk/outreach/calls/"))
    assert "2 people to ring now" in listed_again
    assert "Numbers to correct" in listed_again


def test_a_link_shows_the_text_and_only_the_button_confirms(college: College) -> None:
    campaign(college, version=article(college, **QUIZ), asks_question=True)
    college.work()
    address = f"/k/{link_token(recipient(college, '小明'))}/"
    nobody = Client()
    nobody.cookies["language"] = "en"
    shown = text_of(nobody.get(address))
    assert "How to wear a mask" in shown
    assert WORDING.source in shown
    assert recipient(college, "小明").confirmed_at is None
    assert "choose an answer" in text_of(nobody.post(address))
    assert "Not quite" in text_of(nobody.post(address, {"choice": "1"}))
    assert "choose an answer" in text_of(nobody.post(address, {"choice": "²"}))
    done = nobody.post(address, {"choice": "0"}, follow=True)
    assert "It is noted that you know this" in text_of(done)
    assert "It is noted that you know this" in text_of(nobody.post(address, follow=True))
    assert nobody.get(address[:-3] + "x/").status_code == 404


def test_a_group_text_is_copied_and_ticked(college: College) -> None:
    one = campaign(college)
    college.work()
    client = english(college, "辅导员")
    assert WORDING.text_zh in client.get(f"/desk/outreach/{one.pk}/").content.decode()
    client.post(f"/desk/outreach/posted/{GroupPosting.objects.get().pk}/")
    assert "posted by 辅导员" in text_of(client.get(f"/desk/outreach/{one.pk}/"))


def test_the_leading_group_sees_numbers_and_no_names(college: College) -> None:
    one = campaign(college)
    college.work()
    shown = page(college, "组长", f"/desk/outreach/{one.pk}/")
    assert "0 of 3 know it" in shown
    for name in ("小明", "小红", "小刚"):
        assert name not in shown


def test_times_of_few_cases_of_others_are_not_told(college: College) -> None:
    college.report("小明", FEVER)
    own = page(college, "辅导员", "/desk/times/")
    assert "cases: 1" in own
    leader = page(college, "组长", "/desk/times/?days=7")
    assert "fewer than 5 cases" in leader
    assert "cases: 1" not in leader


def test_the_way_to_a_hospital_is_noted_on_the_incident(college: College) -> None:
    college.report("小明", FEVER)
    one = Incident.objects.get()
    acknowledge_incident.acknowledge(
        incident=one, by=college["辅导员"], actor=college.actor("辅导员"), now=college.now
    )
    client = english(college, "辅导员")
    client.post(f"/desk/incidents/{one.pk}/step/refer/", {"hospital": " "})
    assert not Referral.objects.exists()
    client.post(f"/desk/incidents/{one.pk}/step/refer/", {"hospital": "示例医院"})
    referral = Referral.objects.get()
    client.post(f"/desk/referrals/{referral.pk}/step/", {"step": "went"})
    client.post(f"/desk/referrals/{referral.pk}/step/", {"step": "nonsense"})
    shown = text_of(client.get(f"/desk/incidents/{one.pk}/"))
    assert "示例医院" in shown
    assert "has gone" in shown
    for name in ("外辅导员", "小红"):
        step = client_of(college, name).post(
            f"/desk/referrals/{referral.pk}/step/", {"step": "seen"}
        )
        assert step.status_code in {403, 404}
    assert "示例医院" not in page(college, "组长", f"/desk/incidents/{one.pk}/")


def pages_of(college: College) -> list[str]:
    one = Campaign.objects.get()
    task = CallTask.objects.first()
    return [
        "/desk/outreach/",
        f"/desk/outreach/{one.pk}/",
        "/desk/outreach/new/",
        "/desk/outreach/groups/",
        "/desk/outreach/articles/",
        f"/desk/outreach/articles/{one.version.article_id}/",
        "/desk/outreach/calls/",
        *([f"/desk/outreach/calls/{task.pk}/"] if task else []),
        "/desk/times/",
    ]


@pytest.mark.browser
@pytest.mark.parametrize("size,language", [("phone", "zh-CN"), ("desktop", "en")])
def test_the_pages_hold_in_a_browser(
    college: College,
    it_is: ItIs,
    size: Any,
    language: str,
    open_page: OpenPage,
    picture: Callable[[Page, str], object],
) -> None:
    """No page is wider than its window, and axe finds nothing to say."""
    campaign(college, version=article(college, **QUIZ), asks_question=True)
    college.fast_forward(hours=6)
    it_is(college.now)
    browser = open_page(size=size, language=language)
    log_in(browser, college, "辅导员", language=language if language == "en" else "")
    for number, address in enumerate(
        [*pages_of(college), f"/k/{link_token(recipient(college, '小明'))}/"]
    ):
        browser.goto(address)
        picture(browser, f"outreach-{size}-{number}")
        clean(browser)
