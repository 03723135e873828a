"""A real Chromium: the fixtures `phone`, `desktop`, `open_page` and `picture`.

A page watches itself. At the end of the test it must not have thrown an error in script,
broken its content security policy, missed one of its own files, or asked another machine
for anything; a test of such a thing says so with `page_problems.clear()`.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Playwright

ROOT = Path(__file__).resolve().parent.parent
SIZES = {"phone": (390, 844), "desktop": (1440, 900)}
OpenPage = Callable[..., "Page"]

_OWN_FILES = {"document", "script", "stylesheet", "image", "font", "manifest"}
_FLAGS = [
    "--no-sandbox",  # root in a container has no user namespaces
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",
    # Not even a look-up leaves this machine.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium that runs."""
    from tests.conftest import leave_out

    found = subprocess.run(
        ["bash", str(ROOT / "tools" / "setup_chromium.sh"), "--find"],
        capture_output=True,
        text=True,
        check=False,
    )
    if found.returncode:
        leave_out(found.stderr.strip() or "no Chromium on this machine")
    return found.stdout.strip()


@pytest.fixture(scope="session")
def _playwright(chromium: str) -> Iterator[Playwright]:
    from playwright.sync_api import sync_playwright

    # Playwright's synchronous interface runs an event loop under this thread; Django would
    # refuse the database because of it, though nothing here is asynchronous.
    patch = pytest.MonkeyPatch()
    patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        yield playwright
    patch.undo()


@pytest.fixture(scope="session")
def browser(_playwright: Playwright, chromium: str) -> Iterator[Browser]:
    browser = _playwright.chromium.launch(executable_path=chromium, args=_FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def page_problems() -> list[str]:
    """What the pages of this test did that no page should do; must be empty at the end."""
    return []


@pytest.fixture
def open_page(
    live_server: Any, browser: Browser, page_problems: list[str], request: pytest.FixtureRequest
) -> Iterator[OpenPage]:
    """`open_page(size="phone", language="zh-CN", dark=False, javascript=True)` gives a page.

    Each call is another person's browser, with cookies of its own; `page.goto("/")` asks the
    live server.
    """
    contexts: list[Any] = []

    def open_page(
        *,
        size: Literal["phone", "desktop"] = "phone",
        language: str = "zh-CN",
        dark: bool = False,
        javascript: bool = True,
    ) -> Page:
        width, height = SIZES[size]
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            is_mobile=size == "phone",
            has_touch=size == "phone",
            locale=language,
            timezone_id="Asia/Shanghai",
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
            service_workers="block",
            reduced_motion="reduce",
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        _watch(page, live_server.url, page_problems)
        return page

    yield open_page
    failed = getattr(request.node, "failed_call", False)
    for number, context in enumerate(contexts):
        for page in context.pages if failed else []:
            page.screenshot(path=_place(f"failed-{request.node.name}-{number}"), full_page=True)
        context.close()
    assert failed or not page_problems, "\n".join(page_problems)


@pytest.fixture
def phone(open_page: OpenPage) -> Page:
    """A phone, 390×844, in Chinese."""
    return open_page(size="phone")


@pytest.fixture
def desktop(open_page: OpenPage) -> Page:
    """A desktop, 1440×900, in Chinese."""
    return open_page(size="desktop")


@pytest.fixture
def picture() -> Callable[[Page, str], None]:
    """`picture(page, "receipt")` puts the whole page into var/screenshots for a person to see.

    Only with LIANFANG_TEST_PICTURES=1: four hundred of them take a minute that no test needs.
    """

    def picture(page: Page, name: str) -> None:
        if os.environ.get("LIANFANG_TEST_PICTURES") == "1":
            page.screenshot(path=_place(name), full_page=True)

    return picture


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    if report.when == "call" and report.failed:
        item.failed_call = True  # type: ignore[attr-defined]  # for `open_page`
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


def _place(name: str) -> Path:
    folder = ROOT / "var" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    plain = re.sub(r"[^\w.-]+", "-", name)[:120]
    return folder / f"{plain}.png"


def _watch(page: Page, server: str, problems: list[str]) -> None:
    here = urlsplit(server).netloc

    def look_at_message(message: Any) -> None:
        # A refused form is an answer of 4xx and no fault; files are looked at below.
        if message.type == "error" and "Failed to load resource" not in message.text:
            problems.append(f"console: {message.text}")

    def look_at_request(request: Any) -> None:
        url = urlsplit(request.url)
        if url.scheme in {"http", "https", "ws", "wss"} and url.netloc != here:
            problems.append(f"asked another machine: {request.url}")

    def look_at_response(response: Any) -> None:
        kind = response.request.resource_type
        limit = 500 if kind not in _OWN_FILES or kind == "document" else 400
        if response.status >= limit:
            problems.append(f"{kind} {response.url} answered {response.status}")

    page.on("console", look_at_message)
    page.on("pageerror", lambda error: problems.append(f"script: {error}"))
    page.on("request", look_at_request)
    page.on("response", look_at_response)


def axe_problems(page: Page) -> list[str]:
    """What axe finds wrong with the page for people who see, hear or move otherwise."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        f"{rule['impact']} {rule['id']}: {rule['help']} - {node['target']}"
        for rule in found
        for node in rule["nodes"]
    ]


_WIDE = """() => {
    const screen = document.documentElement.clientWidth;
    const over = [...document.querySelectorAll("body *")].filter(
        one => one.getBoundingClientRect().right > screen);
    const last = over.at(-1);
    return {by: document.documentElement.scrollWidth - screen,
            what: last ? last.outerHTML.slice(0, 120) : ""};
}"""


def too_wide(page: Page) -> list[str]:
    """What runs off the edge of the screen.

    The screen is `clientWidth`: a phone's `innerWidth` grows with a page that is too wide.
    """
    wide = page.evaluate(_WIDE)
    return [f"{wide['by']} px too wide: {wide['what']}"] if wide["by"] > 0 else []


def faults(page: Page) -> list[str]:
    """Whom the page keeps out, and what of it runs off the edge of the screen."""
    return [f"{page.url}: {fault}" for fault in (*axe_problems(page), *too_wide(page))]


def clean(page: Page) -> None:
    """Nobody is kept out, and nothing runs off the edge of the screen."""
    assert faults(page) == []
