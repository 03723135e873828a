"""Publishing an edition from its readable file: everything is checked, or nothing is written."""

from __future__ import annotations

import hashlib
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from lianfang.audit import operations as audit
from lianfang.kernel.actors import Actor
from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.roster.models import Post
from lianfang.rulebook import (
    cluster_policy,
    contact_policy,
    exposure_policy,
    honesty_policy,
    legal_clock_policy,
    monitor_policy,
    quarantine_policy,
    voice_policy,
)
from lianfang.rulebook.models import (
    Deadline,
    Edition,
    LadderStep,
    MessageText,
    ScreeningRule,
    Symptom,
)
from lianfang.rulebook.queries import editions, rules_of
from lianfang.rulebook.rules import check

SHIPPED = Path(__file__).resolve().parents[2] / "rulebook"
LANGUAGES = ("zh-hans", "en")


class FaultyEdition(Refused):
    code = "rulebook.faulty-edition"
    message = _("The edition cannot be published: %(faults)s")


class UnreadableEdition(Refused):
    code = "rulebook.unreadable-edition"
    message = _("%(file)s cannot be read as an edition (TOML in UTF-8): %(reason)s")


class EditionChanged(Refused):
    code = "rulebook.edition-changed"
    message = _("Edition %(number)s is published with other contents; give yours a new number.")
    status = 409


def faults_of(data: dict[str, Any]) -> list[str]:
    """Everything that is wrong with a drafted edition, in words."""
    faults: list[str] = []
    codes = [symptom["code"] for symptom in data.get("symptoms", [])]
    for rule in data.get("rules", []):
        faults += [f"rule {rule['code']}: {fault}" for fault in check(rule["criterion"], codes)]
    levels = {deadline["level"] for deadline in data.get("deadlines", [])}
    faults += [f"no deadline for {level}" for level in Deadline.Level.values if level not in levels]
    roles = {*Post.Role.values, *LadderStep.EITHER}
    for ladder in LadderStep.Ladder.values:
        steps = data.get("ladders", {}).get(ladder, [])
        if not steps:
            faults.append(f"no steps on the ladder {ladder}")
        faults += [f"{ladder}: no such role: {s['role']}" for s in steps if s["role"] not in roles]
    faults += _faults_of_chase(data.get("settings", {}).get("person_chase", []), roles)
    faults += legal_clock_policy.faults_of(data.get("settings", {}), symptoms=codes)
    faults += monitor_policy.faults_of(data.get("settings", {}))
    faults += quarantine_policy.faults_of(data.get("settings", {}).get("quarantine", {}))
    faults += contact_policy.faults_of(data.get("settings", {}))
    faults += exposure_policy.faults_of(data.get("settings", {}).get("exposure", {}))
    faults += voice_policy.faults_of(data.get("settings", {}))
    faults += honesty_policy.faults_of(data.get("settings", {}).get("honesty", {}))
    faults += cluster_policy.faults_of(data.get("settings", {}).get("clusters"), symptoms=codes)
    texts = data.get("texts", {})
    every = {code for language in LANGUAGES for code in texts.get(language, {})}
    for language in LANGUAGES:
        missing = sorted(every - set(texts.get(language, {})))
        faults += [f"text {code} is missing in {language}" for code in missing]
    return faults


def _faults_of_chase(steps: list[dict[str, Any]], roles: set[str]) -> list[str]:
    """The ladder under a missing report: its roles, reaches and minutes."""
    faults = []
    for step in steps:
        role, reach, minutes = step.get("role"), step.get("reach"), step.get("minutes")
        if role != "PERSON" and role not in roles:
            faults.append(f"person_chase: no such role: {role}")
        if reach not in LadderStep.Reach.values:
            faults.append(f"person_chase: no such reach: {reach}")
        if not isinstance(minutes, int):
            faults.append(f"person_chase: no minutes for {role}")
    return faults


def publish_file(*, path: Path, actor: Actor, now: datetime) -> Edition:
    """Publish an edition from a TOML file; the same file again changes nothing."""
    try:
        body = path.read_bytes()
        data = tomllib.loads(body.decode())
    except (OSError, ValueError) as error:  # no such file; no UTF-8; no TOML
        raise UnreadableEdition(file=str(path), reason=str(error)) from error
    return publish(data=data, digest=hashlib.sha256(body).hexdigest(), actor=actor, now=now)


@transaction.atomic
def publish(*, data: dict[str, Any], digest: str, actor: Actor, now: datetime) -> Edition:
    """Check, write all children, and close the edition before it."""
    existing = Edition.objects.filter(number=data["number"]).first()
    if existing is not None:
        if existing.digest != digest:
            raise EditionChanged(number=existing.number)
        return existing
    faults = faults_of(data)
    if faults:
        raise FaultyEdition(faults="; ".join(faults))
    begins: datetime = data["in_force_from"]
    Edition.objects.filter(in_force_until__isnull=True, in_force_from__lt=begins).update(
        in_force_until=begins
    )
    edition = Edition.objects.create(
        number=data["number"],
        directive=data["directive"],
        settings=data["settings"],
        digest=digest,
        in_force_from=begins,
    )
    _write_children(edition, data)
    audit.record(verb="rulebook.edition.published", actor=actor, subject=edition, now=now)
    rules_of.cache_clear()
    editions.forget()
    return edition


def _write_children(edition: Edition, data: dict[str, Any]) -> None:
    for position, symptom in enumerate(data["symptoms"]):
        Symptom.objects.create(
            edition=edition,
            code=symptom["code"],
            name_zh=symptom["zh"],
            name_en=symptom["en"],
            position=position,
        )
    for position, rule in enumerate(data["rules"]):
        ScreeningRule.objects.create(
            edition=edition,
            code=rule["code"],
            severity=ScreeningRule.Severity(rule["severity"]),
            name_zh=rule["zh"],
            name_en=rule["en"],
            criterion=rule["criterion"],
            source=rule["source"],
            position=position,
        )
    for deadline in data["deadlines"]:
        Deadline.objects.create(
            edition=edition,
            level=Deadline.Level(deadline["level"]),
            unit_kinds=deadline.get("unit_kinds", []),
            remind_at=deadline.get("remind_at"),
            due_at=deadline["due_at"],
            grace_minutes=deadline["grace_minutes"],
        )
    for ladder, steps in data["ladders"].items():
        for position, step in enumerate(steps):
            LadderStep.objects.create(
                edition=edition,
                ladder=LadderStep.Ladder(ladder),
                position=position,
                reach=LadderStep.Reach(step["reach"]),
                role=step["role"],
                wait_minutes=step["wait_minutes"],
            )
    for language, texts in data["texts"].items():
        for code, body in texts.items():
            MessageText.objects.create(edition=edition, code=code, language=language, body=body)
