"""Our own codes and outcomes in words, as msgids; the edge translates them."""

from __future__ import annotations

from collections.abc import Mapping

from lianfang.kernel.texts import gettext_noop as _
from lianfang.notifications.channels.base import Outcome

OUTCOMES: Mapping[Outcome, str] = {
    Outcome.ACCEPTED: _("Handed over, delivery not yet known"),
    Outcome.DELIVERED: _("Delivered"),
    Outcome.FAILED_FOR_NOW: _("Failed for now, will be tried again"),
    Outcome.FAILED_FOR_GOOD: _("Failed for good"),
}

CHANNELS: Mapping[str, str] = {
    "email": _("E-mail"),
    "sms_http": _("SMS"),
    "sms_aliyun": _("SMS (Alibaba Cloud)"),
    "sms_tencent": _("SMS (Tencent Cloud)"),
    "voice_http": _("Phone call"),
    "wecom": _("WeCom group robot"),
    "dingtalk": _("DingTalk group robot"),
    "feishu": _("Feishu group robot"),
    "wecom_app": _("WeCom message"),
    "onebot": _("QQ"),
}

CODES: Mapping[str, str] = {
    "letter.bad-reference": _("The message has no usable reference."),
    "letter.line-break": _(
        "A line break or control character hides in the subject or the address."
    ),
    "letter.empty": _("The message has no text."),
    "letter.bad-address": _("The address does not suit this channel."),
    "letter.unknown-robot": _("The channel settings know no robot of this name."),
    "gateway.unreachable": _("No connection to the gateway; nothing was sent."),
    "gateway.timed-out": _("The gateway did not answer in time; the message may have been taken."),
    "gateway.broken-off": _("The gateway broke off; the message may have been taken."),
    "gateway.bad-certificate": _("The gateway's certificate is not trusted; nothing was sent."),
    "gateway.redirected": _("The gateway points to another address, which is not followed."),
    "gateway.server-error": _("The gateway reports a fault of its own."),
    "gateway.too-many-requests": _("The gateway asks us to send more slowly."),
    "gateway.too-large": _("The gateway's answer is far too long to be one."),
    "gateway.not-json": _("The gateway answered with something unreadable, perhaps a login page."),
    "gateway.unexpected-answer": _("The gateway's answer says neither yes nor no."),
    "gateway.refused": _("The gateway refused without a reason that we know."),
    "gateway.not-allowed": _("The gateway does not accept our key or password."),
    "voice.busy": _("The phone was busy."),
    "voice.no-answer": _("The phone rang and nobody picked up."),
    "voice.rejected": _("The call was declined."),
    "voice.unreachable": _("The phone is switched off or has no network."),
    "voice.wrong-number": _("Nobody has this number."),
    "voice.failed": _("The network could not put the call through."),
    "voice.key-1": _("Answered by key 1 on the phone."),
    "email.not-offered": _(
        "The mail server does not offer the encryption or login that is set up."
    ),
}


def words_for(code: str) -> str:
    """The msgid for one of our codes; empty for a gateway's own code, whose detail speaks."""
    return CODES.get(code, "")
