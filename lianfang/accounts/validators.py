from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


class NotTheNumberValidator:
    """A password may not be, contain or end one's own number: that is what others try first."""

    def validate(self, password: str, user: Any = None) -> None:
        number = getattr(user, "login", "")
        if number and (number in password or password in number):
            raise ValidationError(_("Your own number is the first thing that others would try."))

    def get_help_text(self) -> str:
        return _("At least 8 characters, and not your own number.")
