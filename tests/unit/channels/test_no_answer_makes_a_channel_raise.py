"""Whatever JSON a gateway answers and whatever text a letter holds: a receipt, never an exception."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lianfang.notifications.channels.base import Receipt
from tests.unit.channels.samples import HTTP_CHANNELS, channel, letter_for, mail_channel

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
)
# The names that the channels look for, filled with what they do not expect.
NAMES = """
errcode errmsg code msg StatusCode StatusMessage status retcode data message_id wording message
Code Message BizId Response Error SendStatusSet SerialNo invaliduser msgid id 0
"""
names = st.sampled_from(NAMES.split())
answers = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(names, inner, min_size=1, max_size=4)
    ),
    max_leaves=8,
)
quick = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.mark.parametrize("code", HTTP_CHANNELS)
@quick
@given(answer=st.dictionaries(names, answers, max_size=5))
def test_any_json_object_is_a_receipt(code: str, answer: dict[str, Any], gateway) -> None:
    gateway.say(answer)
    receipt = channel(code, gateway).send(letter_for(code))

    assert isinstance(receipt, Receipt)
    assert len(receipt.code) <= 200
    assert len(receipt.detail) <= 200
    assert len(receipt.provider_id) <= 200
    assert receipt.code or not receipt.outcome.is_failure
    for text in (receipt.code, receipt.detail, receipt.provider_id):
        text.encode("utf-8")
        assert "\n" not in text or text == receipt.provider_id


texts = st.text(max_size=60)


@pytest.mark.parametrize("code", HTTP_CHANNELS)
@quick
@given(name=texts, subject=texts, body=texts, to=texts, reference=texts)
def test_any_letter_is_a_receipt(code, name, subject, body, to, reference, gateway) -> None:
    tried = channel(code, gateway)
    for changes in ({"to": to}, {"reference": reference}, {"body": body}):
        letter = letter_for(code, name=name, subject=subject, **changes)
        assert isinstance(tried.send(letter), Receipt)


@quick
@given(name=texts, subject=texts, body=texts)
def test_any_letter_is_a_receipt_by_mail(name: str, subject: str, body: str, smtp) -> None:
    receipt = mail_channel(smtp).send(letter_for("email", name=name, subject=subject, body=body))

    assert isinstance(receipt, Receipt)
    if not receipt.outcome.is_failure:
        mail = smtp.mails[-1]
        assert mail.recipients == ("zhang.wei@example.edu.cn",)
        assert mail.parsed["Bcc"] is None
        assert mail.parsed["Message-ID"] == f"<{receipt.provider_id}>"
