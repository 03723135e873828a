"""The words of an incident's course: verdicts, classifications, sources, who was told, outcomes."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Verdict(models.TextChoices):
    """What a verification found: the signal is one thing, whether it is true another."""

    TRUE = "TRUE", _("true, as reported")
    OTHER_CAUSE = "OTHER_CAUSE", _("true, but with another cause")
    TYPED_WRONG = "TYPED_WRONG", _("typed wrong")
    MEASURED_WRONG = "MEASURED_WRONG", _("measured wrong, normal when measured again")
    WRONG_PERSON = "WRONG_PERSON", _("reported for the wrong person")
    KNOWN_ALREADY = "KNOWN_ALREADY", _("known already, and cleared by a doctor")
    UNREACHABLE = "UNREACHABLE", _("could not reach the person")

    @property
    def is_true(self) -> bool:
        return self in {Verdict.TRUE, Verdict.OTHER_CAUSE}

    @property
    def dismisses(self) -> bool:
        return not self.is_true and self is not Verdict.UNREACHABLE


class Method(models.TextChoices):
    PHONE = "PHONE", _("by phone")
    VIDEO = "VIDEO", _("by video")
    IN_PERSON = "IN_PERSON", _("in person")
    DOCTOR = "DOCTOR", _("by a doctor")


class Illness(models.TextChoices):
    """How the illness is classified. The college writes down who said so; it diagnoses nothing."""

    GENERAL_SYMPTOM = "GENERAL_SYMPTOM", _("general symptom, no epidemiological history")
    KEY_SYMPTOM = "KEY_SYMPTOM", _("key symptom with epidemiological history")
    FEVER_EXAMINED = "FEVER_EXAMINED", _("fever under examination")
    CLOSE_CONTACT = "CLOSE_CONTACT", _("notified as a close contact")
    SUSPECTED = "SUSPECTED", _("suspected case")
    CLINICAL = "CLINICAL", _("clinically diagnosed case")
    CONFIRMED = "CONFIRMED", _("confirmed case")
    ASYMPTOMATIC = "ASYMPTOMATIC", _("asymptomatic infection")
    RULED_OUT = "RULED_OUT", pgettext_lazy("illness", "ruled out")
    RECOVERED = "RECOVERED", pgettext_lazy("illness", "recovered")
    DIED = "DIED", _("died")


class Source(models.TextChoices):
    SELF = "SELF", _("the person")
    DOCTOR = "DOCTOR", _("school doctor")
    HOSPITAL = "HOSPITAL", pgettext_lazy("source", "hospital")
    CDC = "CDC", pgettext_lazy("source", "CDC")
    COMMUNITY = "COMMUNITY", pgettext_lazy("source", "community")


class Organisation(models.TextChoices):
    """Who outside the college is told."""

    CDC = "CDC", _("CDC of the district")
    EDUCATION = "EDUCATION", _("education authority")
    HEALTH = "HEALTH", _("health commission")
    COMMUNITY = "COMMUNITY", _("community where the person is")
    HOSPITAL = "HOSPITAL", pgettext_lazy("source", "hospital")
    PARENTS = "PARENTS", _("parents or family")


class Way(models.TextChoices):
    PHONE = "PHONE", _("by phone")
    IN_PERSON = "IN_PERSON", _("in person")
    IN_WRITING = "IN_WRITING", _("in writing, with receipt")
    ONLINE = "ONLINE", _("in a reporting system")


class Outcome(models.TextChoices):
    """How an incident ended."""

    RECOVERED = "RECOVERED", _("well again")
    RULED_OUT = "RULED_OUT", _("ruled out by the hospital")
    OTHER_DIAGNOSIS = "OTHER_DIAGNOSIS", _("another diagnosis by the hospital")
    HANDED_OVER = "HANDED_OVER", _("handed over to hospital or CDC")
    DIED = "DIED", _("died")
    LOST = "LOST", _("not found; community or police are looking")
    DISMISSED = "DISMISSED", _("dismissed: a false alarm")
    MISTAKE = "MISTAKE", _("a mistake in the form")


class Transport(models.TextChoices):
    AMBULANCE = "AMBULANCE", _("ambulance (120)")
    COLLEGE_CAR = "COLLEGE_CAR", _("car of the college")
    OWN_CAR = "OWN_CAR", _("own or family car")
    ON_FOOT = "ON_FOOT", _("on foot")
    PUBLIC = "PUBLIC", _("public transport or taxi")


class Ring(models.TextChoices):
    """The emergency path to a person who cannot be reached, in its order."""

    PERSON = "PERSON", _("the person again")
    ROOMMATE = "ROOMMATE", _("room-mates or classmates")
    FAMILY = "FAMILY", _("family or emergency contact")
    COMMUNITY = "COMMUNITY", _("community where the person is")
    POLICE = "POLICE", _("police")


class Paper(models.TextChoices):
    """What a person brings before returning to class."""

    DIAGNOSIS = "DIAGNOSIS", _("diagnosis of a hospital")
    FIT_FOR_CLASS = "FIT_FOR_CLASS", _("certificate of fitness to return to class")
    RELEASE = "RELEASE", _("release from isolation or observation")
    TEST = "TEST", _("laboratory report")
    EXAMINED = "EXAMINED", _("examined by the school doctor")


class Edition(models.TextChoices):
    """The three kinds of event report."""

    FIRST = "FIRST", _("first report")
    INTERIM = "INTERIM", _("interim report")
    FINAL = "FINAL", _("final report")
