"""What people type on desk pages, made clean. Sentences beside the fields, never a lost word."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianfang.incidents.models import IncidentFact
from lianfang.kernel.texts import prose, tidy
from lianfang.reporting.models import CallRecord, DailyReport
from lianfang.roster.models import Post
from lianfang.screening.models import Finding


class Plain(forms.Form):
    """Problems as the components want them: field to sentence."""

    @property
    def problems(self) -> dict[str, str]:
        return {name: " ".join(map(str, texts)) for name, texts in self.errors.items()}


class TidyField(forms.CharField):
    def to_python(self, value: Any) -> str:
        return tidy(super().to_python(value) or "")


class ProseField(forms.CharField):
    """Sentences, as they were typed but for what nobody sees."""

    def to_python(self, value: Any) -> str:
        return prose(super().to_python(value) or "")


class CallForm(Plain):
    outcome = forms.ChoiceField(choices=CallRecord.Outcome.choices)
    note = ProseField(required=False, max_length=500)


class CallBackForm(Plain):
    verdict = forms.ChoiceField(choices=Finding.Verdict.choices)
    note = ProseField(required=False, max_length=500)


class ProxyForm(Plain):
    """Why somebody else reports, and who told them: the part beside the questions."""

    proxy_reason = forms.ChoiceField(
        choices=DailyReport.ProxyReason.choices,
        error_messages={"required": _("Please say why you report for this person.")},
    )
    told_by = TidyField(
        max_length=60,
        error_messages={
            "required": _("Please say who told you: the person, the mother, a room-mate …")
        },
    )


class SignForm(Plain):
    declaration = forms.CharField(max_length=14)
    narrative = TidyField(required=False, max_length=2000)
    correction_reason = TidyField(required=False, max_length=200)


class FactForm(Plain):
    kind = forms.ChoiceField(choices=IncidentFact.Kind.choices)
    text = ProseField(max_length=2000, required=False)


class AppointForm(Plain):
    person = forms.IntegerField(
        error_messages={"required": _("Please search for a person and choose one.")}
    )
    role = forms.ChoiceField(choices=Post.Role.choices)
    is_deputy = forms.BooleanField(required=False)


class ListForm(Plain):
    """A list from outside: a file, the rule column that counts, the paper it came from."""

    file = forms.FileField(
        required=False, error_messages={"empty": _("This file is empty. Please choose another.")}
    )
    rule = TidyField(required=False, max_length=40)
    source = TidyField(required=False, max_length=200)
    skip_unknown = forms.BooleanField(required=False)
    allow_older = forms.BooleanField(required=False)
