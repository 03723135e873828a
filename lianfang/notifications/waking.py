"""An urgent letter wakes the senders at once, instead of waiting for their next look.

Each worker listens on a socket of its own in the home of this installation; whoever has put an
urgent letter into the outbox rings at all of them once it is committed. A ring that is lost
costs nothing but the wait for the next poll: rows and polling remain what letters rest on.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from pathlib import Path

from django.conf import settings

_KIND = socket.SOCK_DGRAM
_LOOK_S = 0.5  # how soon a listener sees that it is to end


def _folder() -> Path:
    return Path(settings.HOME) / "bells"


def ring() -> None:
    """Wake every worker of this machine; a socket whose worker is gone is cleared away."""
    with contextlib.suppress(OSError):
        for bell in _folder().iterdir():
            _ring_one(bell)


def _ring_one(bell: Path) -> None:
    with socket.socket(socket.AF_UNIX, _KIND) as ours:
        ours.setblocking(False)
        try:
            ours.sendto(b"!", str(bell))
        except BlockingIOError:
            pass  # it rings already
        except (ConnectionRefusedError, FileNotFoundError):
            bell.unlink(missing_ok=True)
        except OSError:
            pass  # a path that is too long, a home on a strange file system: they poll


class Bell:
    """What the senders of one worker wait at. Where no socket can be made they only poll."""

    def __init__(self) -> None:
        self._rung = threading.Condition()
        self._rings = 0
        self._path = _folder() / f"{os.getpid()}.sock"
        self._socket: socket.socket | None = None
        with contextlib.suppress(OSError):
            self._open()

    def _open(self) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX, _KIND)
        try:
            listener.bind(str(self._path))
        except OSError:
            listener.close()
            raise
        listener.settimeout(_LOOK_S)
        self._socket = listener

    @property
    def rings(self) -> int:
        return self._rings

    def listen(self, stop: threading.Event) -> None:
        """Until `stop`: pass every ring on to those who wait. Runs in a thread of its own."""
        listener = self._socket
        if listener is None:
            return
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                listener.recv(16)
                self.pass_on()
        listener.close()
        self._path.unlink(missing_ok=True)

    def pass_on(self) -> None:
        with self._rung:
            self._rings += 1
            self._rung.notify_all()

    def wait(self, *, heard: int, seconds: float) -> None:
        """Until it rings more often than `heard`, at most so many seconds.

        A ring between the look into the outbox and this call is not missed.
        """
        with self._rung:
            self._rung.wait_for(lambda: self._rings != heard, timeout=seconds)
