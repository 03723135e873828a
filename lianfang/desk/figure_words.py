"""The indicators of a unit's report in words, and where each number comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a report. `is_known` is False where too few reported for a number."""

    name: str
    label: str
    value: int
    is_known: bool


@dataclass(frozen=True, slots=True)
class Block:
    """Figures that come from the same answers; `source` says from which."""

    title: str
    source: str
    figures: tuple[Figure, ...]


def blocks_of(total: Mapping[str, Any], *, threshold: float) -> list[Block]:
    """The total row of a report as it will be read, block by block."""
    share = total.get("completeness")
    is_known = share is not None and share >= threshold

    def block(title: str, source: str, labels: dict[str, str]) -> Block:
        figures = tuple(
            Figure(name, label, int(total.get(name) or 0), is_known)
            for name, label in labels.items()
        )
        return Block(title, source, figures)

    return [
        block(_("How they are"), _("from the symptoms in the reports"), health_labels()),
        block(
            _("Contact, last 14 days"),
            _("from the two questions on travel and contact"),
            contact_labels(),
        ),
        block(
            _("Where they are"),
            _("from the county and the kind of stay in the reports"),
            place_labels(),
        ),
        block(_("Measures"), _("from the kind of stay in the reports"), measure_labels()),
    ]


def health_labels() -> dict[str, str]:
    return {
        "fever": _("fever"),
        "dry_cough": _("dry cough"),
        "fatigue": _("fatigue"),
        "other_symptoms": _("other symptoms"),
    }


def contact_labels() -> dict[str, str]:
    return {
        "visited_wuhan": _("was in Wuhan"),
        "visited_other": _("was in another listed area"),
        "met_from_area": _("met somebody from a listed area"),
        "met_case": _("met a case"),
        "close_contact": _("told to be a close contact"),
    }


def place_labels() -> dict[str, str]:
    return {
        "on_campus": _("on campus"),
        "in_city": _("in this city"),
        "in_province": _("elsewhere in the province"),
        "other_province": _("in another province"),
        "hubei": _("in Hubei without Wuhan"),
        "wuhan": _("in Wuhan"),
        "abroad": _("abroad"),
        "travelling": _("on the way"),
    }


def measure_labels() -> dict[str, str]:
    return {"hospital": _("in hospital"), "quarantine": _("in quarantine")}
