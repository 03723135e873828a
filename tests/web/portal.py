"""What the tests of the portal's pages share: accounts, log-ins, taps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.test import Client

from lianfang.accounts.models import Account
from lianfang.places.models import DesignatedHospital
from lianfang.reporting.models import DailyReport
from lianfang.reporting.rules import Answers
from lianfang.usecases.daily_report import Filing, submit_daily_report
from tests.cast import FINE, College

if TYPE_CHECKING:
    from playwright.sync_api import Page

PASSWORD = "rain on the lotus pond"


def account_of(college: College, name: str, *, with_password: bool = False) -> Account:
    """An account such as activation makes. Passwords cost time: only where a test types one."""
    person = college[name]
    account, _made = Account.objects.get_or_create(
        person=person, defaults={"login": person.number, "created_at": college.now}
    )
    if with_password:
        account.set_password(PASSWORD)
        account.save()
    return account


def client_of(college: College, name: str, **options: Any) -> Client:
    """A browser without a window, logged in."""
    client = Client(**options)
    client.force_login(
        account_of(college, name), backend="lianfang.accounts.backends.NumberBackend"
    )
    return client


def log_in(page: Page, college: College, name: str, *, language: str = "") -> None:
    """Put the session of this person into the browser."""
    cookie = client_of(college, name).cookies[settings.SESSION_COOKIE_NAME].value
    for key, value in ((settings.SESSION_COOKIE_NAME, cookie), ("language", language)):
        if value:
            page.context.add_cookies(
                [{"name": key, "value": value, "domain": "localhost", "path": "/"}]
            )


def tap(page: Page, name: str, value: str) -> None:
    """Tap one tile."""
    page.locator(f'label.tile:has(input[name="{name}"][value="{value}"])').click()


# A first report of somebody who is well, as a browser sends it.
FINE_FORM = {
    "how": "well",
    "temperature": "36.5",
    "site": "axilla",
    "place": "other",
    "place_text": "达州市通川区",
    "presence": "AT_HOME",
    "contact": "none",
    "truth": "yes",
    "key": "one-page",
}
FEVER_FORM = FINE_FORM | {
    "how": "unwell",
    "symptoms": "fever",
    "onset_on": "2020-02-01",
    "temperature": "38.2",
}


def reported_by(college: College, by: str, name: str, answers: Answers = FINE) -> DailyReport:
    """Somebody reports for somebody else, as told by phone."""
    filing = Filing(
        person=college[name],
        day=college.today,
        answers=answers,
        source=DailyReport.Source.PROXY,
        actor=college.actor(by),
        submitted_by=college[by],
        key=f"{by} for {name} {college.now}",
        proxy_reason=DailyReport.ProxyReason.PHONE,
        told_by=name,
    )
    return submit_daily_report(filing, now=college.now)


def hospital(county: str = "511702", **facts: str) -> DesignatedHospital:
    """A hospital on the list, in Tongchuan unless said otherwise."""
    values: dict[str, str] = {
        "province_code": county[:2] + "0000",
        "city_code": county[:4] + "00",
        "county_code": county,
        "county_name": "通川区",
        "name": "示例市中心医院",
        "phone": "0818-1111111、0818-2222222",
        "address": "示例路1号",
        "listed_on": "2020-01-20",
        "source": "示例市卫生健康委员会 2020-01-20",
    }
    return DesignatedHospital.objects.create(**(values | facts))
