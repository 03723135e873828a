"""The one-time link of a summons: signed, good for some days, naming a summons and nothing else."""

from __future__ import annotations

from datetime import timedelta

from django.core import signing

from lianfang.escalation.models import Summons
from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _

_SALT = "lianfang.summons"
LINK_LASTS = timedelta(days=3)


class LinkNotValid(Refused):
    code = "escalation.link-not-valid"
    message = _("This link is not valid, or it is too old. Please log in to see what is open.")
    status = 404


def link_token(summons: Summons) -> str:
    """The signed word of a one-time link; it names a summons and nothing else."""
    return signing.dumps(summons.pk, salt=_SALT)


def summons_of_token(token: str) -> Summons:
    """Raises `LinkNotValid` for a forged, altered or old link.

    Age is judged by the clock of the summons, not by the signature: an exercise lives in
    another year than the signer's clock.
    """
    try:
        pk = signing.loads(token, salt=_SALT)
    except signing.BadSignature as error:
        raise LinkNotValid from error
    summons = (
        Summons.objects.filter(pk=pk)
        .select_related(
            "escalation__incident__person",
            "escalation__unit",
            "escalation__receipt__version",
            "escalation__item",
            "escalation__alert",
            "person",
            "rung",
        )
        .first()
    )
    if summons is None or summons.person is None:
        raise LinkNotValid
    return summons
