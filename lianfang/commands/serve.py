"""`lianfang run` (web and workers together) and `lianfang work` (workers only)."""

from __future__ import annotations

import contextlib
import ctypes
import http.client
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from lianfang.commands.ready import make_ready, prepare_database
from lianfang.demo.beginning import is_half_made
from lianfang.installation.operations import apply_clock_setting, start_clock
from lianfang.installation.queries import installation
from lianfang.kernel import clock
from lianfang.notifications.waking import Bell
from lianfang.usecases.founding import load_shipped
from lianfang.usecases.steps import Failures

if TYPE_CHECKING:
    from argparse import _SubParsersAction

logger = logging.getLogger(__name__)
_POLL_S = 0.25
_SWEEP_S = 5.0
_SENDERS = 4
_MOST_FAILURES = 20  # of one kind of work between two sweeps
_GRACE_S = 8
_FIRST_PAGE_S = 4.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 30.0  # before workers that died start again
_PR_SET_PDEATHSIG = 1


def add_parsers(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    run = subparsers.add_parser("run", help=_("serve the product, web and workers together"))
    run.add_argument("--host", default="127.0.0.1")
    run.add_argument("--port", type=int, default=8000)
    run.add_argument(
        "--demo", action="store_true", help=_("make the demonstration college if the data is empty")
    )
    run.add_argument(
        "--processes", type=int, default=max(1, min(4, os.cpu_count() or 1)), metavar="N"
    )
    run.add_argument("--threads", type=int, default=8, metavar="N")
    _add_senders(run)
    run.set_defaults(run=serve)

    work = subparsers.add_parser("work", help=_("the workers only"))
    work.add_argument(
        "--until-idle", action="store_true", help=_("end when nothing is due any more")
    )
    work.add_argument(
        "--lease",
        type=float,
        metavar="SECONDS",
        help=_("how long a worker may hold a message before another one takes it over"),
    )
    _add_senders(work)
    work.set_defaults(run=work_on)


def _add_senders(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--senders", type=int, choices=range(1, 33), default=_SENDERS, metavar="N",
        help=_("how many letters are handed over side by side; more where a gateway is slow"),
    )  # fmt: skip


# ---------------------------------------------------------------------------- run


def serve(arguments: Namespace) -> int:
    """Prepare the database, then keep web and workers alive until Ctrl-C or SIGTERM."""
    if not _port_is_free(arguments.host, arguments.port):
        print(
            _("Port %(port)s is taken; choose another one: make run PORT=8001")
            % {"port": arguments.port},
            file=sys.stderr,
        )
        return 2
    prepare_database()
    if arguments.demo and (installation() is None or is_half_made()):
        _make_the_demonstration()
    make_ready()
    load_shipped(now=clock.now())
    apply_clock_setting()
    address = f"http://{arguments.host}:{arguments.port}"
    os.environ.setdefault("LIANFANG_BASE_URL", address)
    os.environ.pop("LIANFANG_CLOCK", None)  # obeyed once, here; children read the stored offset
    os.environ["LIANFANG_WEB_PROCESSES"] = str(arguments.processes)
    connection.close()
    web = _start(_web_command(arguments))
    _welcome(address)
    _let_the_first_page_be_made(arguments.host, arguments.port)
    work = _work_command(arguments)
    return _watch([web, _start(work)], work)


def _make_the_demonstration() -> None:
    from lianfang.demo.college import NotEmpty, build

    with contextlib.suppress(NotEmpty):  # another start made it while this one waited
        build()


def _let_the_first_page_be_made(host: str, port: int) -> None:
    """The workers begin when the web answers, or after a few seconds: they would take the
    processor from the page that somebody waits for at the start."""
    here = "127.0.0.1" if host in {"", "0.0.0.0"} else host
    deadline = time.monotonic() + _FIRST_PAGE_S
    while time.monotonic() < deadline:
        asked = http.client.HTTPConnection(here, port, timeout=_FIRST_PAGE_S)
        with contextlib.suppress(OSError, http.client.HTTPException):
            asked.request("GET", "/login/")
            asked.getresponse().read()
            return
        time.sleep(0.05)


def _port_is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _web_command(arguments: Namespace) -> list[str]:
    granian = Path(sys.executable).with_name("granian")
    return [
        str(granian), "--interface", "wsgi", "--host", arguments.host,
        "--port", str(arguments.port), "--workers", str(arguments.processes),
        "--blocking-threads", str(arguments.threads), "--log-level", "error",
        "--respawn-failed-workers", "--workers-kill-timeout", "5", "config.wsgi:application",
    ]  # fmt: skip


def _work_command(arguments: Namespace) -> list[str]:
    senders = str(arguments.senders)
    return [sys.executable, "-m", "lianfang.commands.main", "work", "--senders", senders]


def _die_with_parent() -> None:
    """Linux: the child gets SIGTERM when its parent is killed, so that no old code lives on."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    # Runs between fork and exec of a process that has no other thread at that moment.
    return subprocess.Popen(command, preexec_fn=_die_with_parent, cwd=settings.BASE_DIR)


def _welcome(address: str) -> None:
    current = installation()
    assert current is not None
    print(f"\n  {current.name}  →  {address}\n")
    if current.is_exercise:
        moment = clock.now().astimezone(clock.SHANGHAI)
        print(_("  This is an exercise; its clock says %(time)s.") % {"time": f"{moment:%F %H:%M}"})
        accounts = settings.HOME / "demo-accounts.txt"
        if accounts.exists():
            print("\n" + accounts.read_text())
    print(_("  Stop with Ctrl-C.") + "\n", flush=True)


def _watch(children: list[subprocess.Popen[bytes]], work: Sequence[str]) -> int:
    """Wait for a signal; a worker that dies is started again, a web server that dies ends it."""
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_args: stop.set())
    web, worker = children
    pause_s = _FIRST_PAUSE_S
    while not stop.wait(0.5):
        if web.poll() is not None:
            break
        if worker.poll() is not None:
            logger.error("The workers ended with code %s and are started again", worker.returncode)
            if stop.wait(pause_s):
                break
            pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
            worker = _start(work)
    for child in (web, worker):
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + _GRACE_S
    for child in (web, worker):
        try:
            child.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    return 0 if stop.is_set() else 1


# --------------------------------------------------------------------------- work


def work_on(arguments: Namespace) -> int:
    """Poll for what is due: one thread keeps time, a few hand letters over."""
    from lianfang.usecases import workers

    make_ready()
    start_clock()
    workers.set_lease(timedelta(seconds=arguments.lease) if arguments.lease else None)
    if arguments.until_idle:
        return work_until_idle()
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_args: stop.set())
    bell = Bell()
    threads = [
        threading.Thread(target=_send_until, args=(stop, bell), name=f"sender-{number}")
        for number in range(arguments.senders)
    ]
    threads.append(threading.Thread(target=bell.listen, args=(stop,), name="bell"))
    for thread in threads:
        thread.start()
    _keep_time_until(stop)
    bell.pass_on()
    for thread in threads:
        thread.join(timeout=15)
    return 0


def work_until_idle() -> int:
    """Everything that is due now, in this thread; ends when a round finds nothing.

    What failed twice is left alone and named; the code of the end is then 1.
    """
    from lianfang.usecases import workers

    failures = Failures(most=2)
    workers.open_today(clock.now())
    while _keep_time_once(failures) or workers.deliver(clock.now()):
        pass
    workers.sweep(clock.now(), "until-idle")
    for step in failures.left_alone:
        words = _("This failed twice and was left alone; the log says why: %(step)s")
        print(words % {"step": _(step)}, file=sys.stderr)
    return 1 if failures.left_alone else 0


def _keep_time_once(failures: Failures) -> bool:
    from lianfang.usecases import workers

    try:
        return workers.keep_time(clock.now(), failures)
    except Exception:
        logger.exception("The time keeper stumbled and goes on")
        connection.close()
        return True


def _keep_time_until(stop: threading.Event) -> None:
    from lianfang.usecases import workers

    next_sweep = 0.0
    failures = Failures(most=_MOST_FAILURES)
    while not stop.is_set():
        try:
            now = clock.now()
            if time.monotonic() >= next_sweep:
                failures.counts.clear()
                workers.open_today(now)
                workers.sweep(now, f"time-{os.getpid()}")
                next_sweep = time.monotonic() + _SWEEP_S
            busy = workers.keep_time(now, failures)
        except Exception:
            logger.exception("The time keeper stumbled and goes on")
            connection.close()
            busy = False
        if not busy:
            stop.wait(_POLL_S)


def _send_until(stop: threading.Event, bell: Bell) -> None:
    """One sender, with its own database connection. An urgent letter wakes it at once."""
    from lianfang.usecases import workers

    while not stop.is_set():
        heard = bell.rings
        try:
            busy = workers.deliver(clock.now())
        except Exception:
            logger.exception("A sender stumbled and goes on")
            connection.close()
            busy = False
        if not busy:
            bell.wait(heard=heard, seconds=_POLL_S)
    connection.close()
