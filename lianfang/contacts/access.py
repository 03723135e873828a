"""Who may see an investigation, and whose names in it. Deny by default (DOMAIN 6.3).

The school doctor and the duty officer of the committee see it whole; the head of the case's
unit leads it, with the names of their own people; whoever cares for people sees which of their
own are contacts, of which code, and neither the case nor why. The leading group sees codes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from lianfang.contacts.models import Contact, Investigation, Package, Visit
from lianfang.kernel.refusals import NotYours
from lianfang.roster import queries as roster
from lianfang.roster.access import View as Sight
from lianfang.roster.models import Post

_HEALTH = (Post.Role.DOCTOR, Post.Role.DUTY_OFFICER)
_LINE = (Post.Role.RESPONSIBLE_HEAD, Post.Role.SECRETARY)
SHOWN_TO_CARERS = (Contact.State.CONFIRMED, Contact.State.CASUAL, Contact.State.DETERMINED)


@dataclass(frozen=True, slots=True)
class InvestigationSight:
    """`leads`: reasons, decisions, packages. `names`: units whose people are named; None is all."""

    leads: bool
    names: frozenset[int] | None
    is_codes_only: bool = False

    def names_contact(self, contact: Contact) -> bool:
        return self.names is None or contact.unit_id in self.names


def sees_all(sight: Sight) -> bool:
    """The posts whose work is the health of the whole college."""
    root = roster.college()
    return root is not None and root.pk in sight.units_of(_HEALTH)


def may_approve(sight: Sight) -> bool:
    """Who may let a package go: those who see all, and the head of the college."""
    root = roster.college()
    return root is not None and root.pk in leading_units(sight)


def leading_units(sight: Sight) -> frozenset[int]:
    """Units whose cases this person investigates."""
    return sight.units_of((*_HEALTH, *_LINE))


def led_investigations(sight: Sight) -> QuerySet[Investigation]:
    """Investigations that this person may carry on; never the one about themself."""
    if sight.person is None:
        return Investigation.objects.none()
    mine = Q(unit_id__in=leading_units(sight))
    if sees_all(sight):
        mine |= Q(unit__isnull=True)
    return Investigation.objects.filter(mine).exclude(person=sight.person)


def coded_investigations(sight: Sight) -> QuerySet[Investigation]:
    """Investigations of which the code and the figures may be known."""
    if sight.person is None:
        return Investigation.objects.none()
    of_unit = Q(unit_id__in=sight.event_figure_units)
    if sight.sees_college or sees_all(sight):
        of_unit |= Q(unit__isnull=True)
    return Investigation.objects.filter(of_unit).exclude(person=sight.person)


def own_contacts(sight: Sight) -> QuerySet[Contact]:
    """Contacts among the people whom this person cares for."""
    if sight.person is None:
        return Contact.objects.none()
    return (
        Contact.objects.filter(unit_id__in=sight.event_units, state__in=SHOWN_TO_CARERS)
        .exclude(person=sight.person)
        .exclude(investigation__person=sight.person)
    )


def may_open_page(sight: Sight) -> bool:
    """Whoever sees events of some unit, or has calls of contacts to make."""
    if sight.person is None:
        return False
    return bool(sight.event_figure_units) or Visit.objects.filter(owner=sight.person).exists()


def waiting_for(sight: Sight, *, day: date) -> int:
    """What somebody has to do: calls of today, and packages that wait for a second person."""
    if sight.person is None:
        return 0
    calls = Visit.objects.filter(owner=sight.person, day=day, outcome="").count()
    if not may_approve(sight):
        return calls
    asked = Package.objects.filter(state=Package.State.ASKED).exclude(asked_by=sight.person)
    return calls + asked.count()


def sight_of_investigation(investigation: Investigation, *, sight: Sight) -> InvestigationSight:
    """Raises `NotYours` where nothing of it may be seen."""
    if sight.person is None or sight.person.pk == investigation.person_id:
        raise NotYours
    if sees_all(sight):
        return InvestigationSight(leads=True, names=None)
    if investigation.unit_id is not None and investigation.unit_id in leading_units(sight):
        return InvestigationSight(leads=True, names=sight.event_units)
    if own_contacts(sight).filter(investigation=investigation).exists():
        return InvestigationSight(leads=False, names=sight.event_units)
    if coded_investigations(sight).filter(pk=investigation.pk).exists():
        return InvestigationSight(leads=False, names=frozenset(), is_codes_only=True)
    raise NotYours


def led(pk: int, *, sight: Sight) -> Investigation:
    """An investigation that this person carries on. Raises `NotYours`."""
    found = led_investigations(sight).filter(pk=pk).first()
    if found is None:
        raise NotYours
    return found


def package_of(pk: int, *, sight: Sight) -> Package:
    """A package of an investigation that this person carries on. Raises `NotYours`."""
    found = (
        Package.objects.filter(pk=pk, investigation__in=led_investigations(sight))
        .select_related("investigation", "asked_by", "approved_by")
        .first()
    )
    if found is None:
        raise NotYours
    return found


def visit_of(pk: int, *, sight: Sight) -> Visit:
    """A visit that is one's own, or of an investigation that one carries on."""
    if sight.person is None:
        raise NotYours
    mine = Q(owner=sight.person) | Q(contact__investigation__in=led_investigations(sight))
    found = (
        Visit.objects.filter(mine, pk=pk)
        .select_related("contact__investigation", "contact__person", "contact__outsider", "owner")
        .first()
    )
    if found is None or found.contact.person_id == sight.person.pk:
        raise NotYours
    return found
