"""How long a text of an alert may be silent before the phone rings. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

_MOST_MINUTES = 60


@dataclass(frozen=True, slots=True)
class VoicePolicy:
    """The parameter of one edition; an edition from before calls gets the usual one."""

    after_minutes: int = 3

    @property
    def wait(self) -> timedelta:
        return timedelta(minutes=self.after_minutes)

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> VoicePolicy:
        """
        >>> VoicePolicy.from_settings({}).after_minutes
        3
        """
        return cls(after_minutes=int(settings.get("voice_after_minutes", cls().after_minutes)))


def faults_of(settings: Mapping[str, Any]) -> list[str]:
    """
    >>> faults_of({"voice_after_minutes": "soon"})
    ["voice_after_minutes is a whole number of minutes from 0 to 60, not 'soon'"]
    """
    said = settings.get("voice_after_minutes", 0)
    if isinstance(said, int) and not isinstance(said, bool) and 0 <= said <= _MOST_MINUTES:
        return []
    return [
        f"voice_after_minutes is a whole number of minutes from 0 to {_MOST_MINUTES}, not {said!r}"
    ]
