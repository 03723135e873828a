"""The names of rules, syndromes and circles in the language of the page."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lianfang.clusters.models import (
    AlertStep,
)
from lianfang.clusters.rules import COLLEGE, DEPARTMENT
from lianfang.groups.queries import names_of_kinds
from lianfang.rulebook.cluster_policy import ClusterPolicy, CountRule, Syndrome, policy_of
from lianfang.rulebook.queries import Rules

STATISTICS = "STAT"


# ---------------------------------------------------------------- names out of the edition


def kind_names() -> dict[str, str]:
    return names_of_kinds() | {COLLEGE: _("college"), DEPARTMENT: _("department")}


def said(named: CountRule | Syndrome | None, code: str) -> str:
    if code == STATISTICS:
        return _("more ill than usual, by the detectors")
    if named is None:
        return code
    return named.name_en if (get_language() or "").startswith("en") else named.name_zh


def rule_name(policy: ClusterPolicy, code: str) -> str:
    return said(policy.rule(code), code)


def syndrome_name(policy: ClusterPolicy, code: str) -> str:
    return said(policy.syndrome(code), code)


def rules_page(rules: Rules) -> list[dict[str, Any]]:
    """Every rule of the edition in words, the active ones first; presets say so."""
    policy = policy_of(rules.settings)
    kinds = kind_names()
    rows = [
        {
            "rule": rule,
            "name": said(rule, rule.code),
            "kinds": [str(kinds.get(kind, kind)) for kind in rule.kinds],
            "syndromes": [syndrome_name(policy, code) for code in rule.syndromes],
            "tell": [str(AlertStep.Outside(one).label) for one in rule.tell],
        }
        for rule in policy.rules
    ]
    return sorted(rows, key=lambda row: not row["rule"].active)
