"""What the tests of the portal's pages share: accounts, log-ins, taps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.test import Client

from lianfang.accounts.models import Account
from tests.cast import College

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


def client_of(college: College, name: str, **options: bool) -> Client:
    """A browser without a window, logged in."""
    client = Client(**options)  # type: ignore[arg-type]
    client.force_login(
        account_of(college, name), backend="lianfang.accounts.backends.NumberBackend"
    )
    return client


def log_in(page: Page, college: College, name: str, *, language: str = "") -> None:
    """Put the session of this person into the browser."""
    cookie = client_of(college, name).cookies[settings.SESSION_COOKIE_NAME].value
    cookies = [{"name": settings.SESSION_COOKIE_NAME, "value": cookie}]
    if language:
        cookies.append({"name": "language", "value": language})
    page.context.add_cookies([{**one, "domain": "localhost", "path": "/"} for one in cookies])


def tap(page: Page, name: str, value: str) -> None:
    """Tap one tile."""
    page.locator(f'label.tile:has(input[name="{name}"][value="{value}"])').click()
