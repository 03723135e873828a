"""Who does something: a person, an integration, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Actor:
    """`id` is the person's or the integration's primary key; None for the system."""

    kind: Literal["PERSON", "INTEGRATION", "OPERATOR", "SYSTEM"]
    id: int | None
    label: str


SYSTEM = Actor("SYSTEM", None, "system")
OPERATOR = Actor("OPERATOR", None, "command line")
