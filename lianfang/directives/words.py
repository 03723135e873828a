"""The words of a directive's states, in the language of the page."""

from __future__ import annotations

from django.utils.translation import gettext as _

from lianfang.directives.rules import Duty, State


def duty_words(duty: Duty) -> str:
    return {
        Duty.ACKNOWLEDGE: _("acknowledging"),
        Duty.RELAY: _("passing on"),
        Duty.FEED_BACK: _("feedback"),
    }[duty]


def lacking_words(duty: Duty) -> str:
    """What has not come of a unit at which something stopped."""
    return {
        Duty.ACKNOWLEDGE: _("not acknowledged"),
        Duty.RELAY: _("not passed on"),
        Duty.FEED_BACK: _("no feedback"),
    }[duty]


def state_words(state: State) -> str:
    return {
        State.NOT_REACHED: _("not reached yet"),
        State.WAITING: _("has time left"),
        State.UNDER_WAY: _("acknowledged"),
        State.STOPPED: _("stopped here"),
        State.IN_REVIEW: _("to be looked at"),
        State.ANSWERED: _("has answered"),
    }[state]
