"""E-mail on a real SMTP server: what is sent, what is refused, and what a server may do."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pytest

from lianfang.notifications.channels.base import Outcome
from lianfang.notifications.channels.email import EmailChannel, EmailSettings
from tests.gateways import SmtpBehaviour, SmtpGateway
from tests.unit.channels.samples import LETTER, letter_for, mail_channel
from tests.unit.channels.tls import TlsFiles

FOR_NOW, FOR_GOOD = Outcome.FAILED_FOR_NOW, Outcome.FAILED_FOR_GOOD


def test_a_letter_arrives_as_it_was_written(smtp):
    receipt = mail_channel(smtp).send(letter_for("email"))

    (mail,) = smtp.mails
    assert mail.sender == "duty@example.edu.cn"
    assert mail.recipients == ("zhang.wei@example.edu.cn",)
    assert mail.parsed["From"] == "联防 <duty@example.edu.cn>"
    assert mail.parsed["To"] == "张伟 <zhang.wei@example.edu.cn>"
    assert mail.parsed["Subject"] == LETTER.subject
    assert mail.parsed["Auto-Submitted"] == "auto-generated"
    assert mail.parsed.get_content_type() == "text/plain"
    assert mail.text.replace("\r\n", "\n") == f"{LETTER.body}\n\n{LETTER.link}\n"
    assert receipt.outcome is Outcome.ACCEPTED
    assert mail.parsed["Message-ID"] == f"<{receipt.provider_id}>"


def test_the_date_is_the_real_one(smtp):
    moment = datetime(2020, 2, 1, 4, 0, tzinfo=UTC)
    settings = EmailSettings(smtp.host, "duty@example.edu.cn", port=smtp.port, security="none")
    EmailChannel(settings, clock=lambda: moment).send(letter_for("email"))

    assert parsedate_to_datetime(smtp.mails[0].parsed["Date"]) == moment


def test_the_message_id_is_the_same_for_every_attempt_and_different_for_every_letter(smtp):
    tried = mail_channel(smtp)
    for changes in ({}, {}, {"reference": "incident:7:step:3"}, {"to": "li.na@example.edu.cn"}):
        tried.send(letter_for("email", **changes))

    ids = [mail.parsed["Message-ID"] for mail in smtp.mails]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3
    assert all(id_.endswith("@example.edu.cn>") for id_ in ids)


@pytest.mark.parametrize("urgent", [True, False])
def test_an_urgent_letter_says_so_in_its_headers(urgent, smtp):
    mail_channel(smtp).send(letter_for("email", urgent=urgent))

    assert (smtp.mails[0].parsed["X-Priority"] == "1") is urgent
    assert (smtp.mails[0].parsed["Importance"] == "high") is urgent


def test_answers_go_where_the_settings_say(smtp):
    mail_channel(smtp, reply_to="office@example.edu.cn").send(letter_for("email"))

    assert smtp.mails[0].parsed["Reply-To"] == "office@example.edu.cn"


# ---------------------------------------------------------------- nobody writes our headers


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "x\r\nBcc: a@b.cn"},
        {"subject": "x\nBcc: a@b.cn"},
        {"subject": "x\rBcc: a@b.cn"},
        {"subject": "x\u2028Bcc: a@b.cn"},
        {"subject": "x\x85Bcc: a@b.cn"},
        {"subject": "x\x00y"},
        {"subject": "x\x0by"},
        {"name": "张\r\nBcc: a@b.cn"},
        {"to": "zhang.wei@example.edu.cn\r\nBcc: a@b.cn"},
        {"to": "zhang.wei@example.edu.cn\r\nRCPT TO:<a@b.cn>"},
        {"to": "<zhang.wei@example.edu.cn>"},
        {"to": "zhang.wei@example.edu.cn,a@b.cn"},
        {"to": "zhang.wei@example.edu.cn a@b.cn"},
        {"to": '"a b"@example.edu.cn'},
        {"to": "-oXfile"},
        {"to": "zhang.wei@"},
        {"to": "@example.edu.cn"},
        {"to": "张伟@example.edu.cn"},
        {"to": f"{'a' * 65}@example.edu.cn"},
        {"to": f"a@{'b' * 64}.cn"},
        {"to": f"a@{'b.' * 130}cn"},
        {"link": "https://x.cn/\r\nBcc: a@b.cn"},
        {"reference": "r\r\nBcc: a@b.cn"},
        {"reference": ""},
        {"reference": "事件:7"},
        {"subject": "", "body": " \n "},
    ],
)
def test_a_letter_that_would_write_headers_is_refused(changes, smtp):
    receipt = mail_channel(smtp).send(letter_for("email", **changes))

    assert receipt.outcome is FOR_GOOD
    assert receipt.code.startswith("letter.")
    assert smtp.mails == []


@pytest.mark.parametrize(
    "body",
    [
        "x\r\n.\r\nMAIL FROM:<a@b.cn>\r\nRCPT TO:<c@d.cn>\r\nDATA\r\nspam",
        "x\n.\nQUIT",
        ".\n..\n.x",
        "\r\n\r\nBcc: a@b.cn\r\n\r\nx",
        "a\x00b\x1bc\u2028d",
        "half \ud83d of a sign",
        "行" * 100_000,
    ],
)
def test_a_body_stays_a_body(body, smtp):
    receipt = mail_channel(smtp).send(letter_for("email", body=body))

    (mail,) = smtp.mails
    assert receipt.outcome is Outcome.ACCEPTED
    assert mail.recipients == ("zhang.wei@example.edu.cn",)
    assert mail.parsed["Bcc"] is None
    assert set(mail.parsed.keys()) == {
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "Auto-Submitted",
        "Content-Type",
        "Content-Transfer-Encoding",
        "MIME-Version",
    }
    assert mail.text.rstrip().endswith(str(LETTER.link))
    assert not any(sign in mail.text for sign in "\x00\x1b\u2028")


@pytest.mark.parametrize(
    "name", ['"; <a@b.cn>', "a@b.cn,", "=?utf-8?q?=0D=0ABcc:_a@b.cn?=", "张伟 <a@b.cn>", "x" * 900]
)
def test_a_name_stays_a_name(name, smtp):
    receipt = mail_channel(smtp).send(letter_for("email", name=name))

    (mail,) = smtp.mails
    assert receipt.outcome is Outcome.ACCEPTED
    assert mail.recipients == ("zhang.wei@example.edu.cn",)
    assert [a.addr_spec for a in mail.parsed["To"].addresses] == ["zhang.wei@example.edu.cn"]
    assert mail.parsed["Bcc"] is None


def test_an_encoded_subject_is_not_decoded_into_a_header(smtp):
    disguised = "=?utf-8?q?x=0D=0ABcc:_a@b.cn?="
    receipt = mail_channel(smtp).send(letter_for("email", subject=disguised))

    (mail,) = smtp.mails
    assert receipt.outcome is Outcome.ACCEPTED
    assert mail.parsed["Bcc"] is None
    assert mail.parsed["Subject"].splitlines() == [disguised.replace("=?", "= ?")]


def test_a_chinese_domain_becomes_its_ascii_form(smtp):
    mail_channel(smtp).send(letter_for("email", to="a@大学.中国"))

    assert smtp.mails[0].recipients == ("a@xn--pss25c.xn--fiqs8s",)


# ---------------------------------------------------------------- what a server may do


BEHAVIOUR = [
    # behaviour, outcome, code, is the address wrong?
    (SmtpBehaviour.GREYLISTED, FOR_NOW, "451", False),
    (SmtpBehaviour.MAILBOX_FULL, FOR_NOW, "552", False),
    (SmtpBehaviour.NO_SUCH_MAILBOX, FOR_GOOD, "550", True),
    (SmtpBehaviour.POLICY, FOR_GOOD, "550", False),
    (SmtpBehaviour.SENDER_REFUSED, FOR_GOOD, "553", False),
    (SmtpBehaviour.CONTENT_REFUSED, FOR_GOOD, "554", False),
    (SmtpBehaviour.BUSY, FOR_NOW, "gateway.refused", False),
    (SmtpBehaviour.NOT_SMTP, FOR_NOW, "gateway.refused", False),
    (SmtpBehaviour.FLOOD, FOR_NOW, "gateway.broken-off", False),
    (SmtpBehaviour.RESET, FOR_NOW, "gateway.broken-off", False),
    (SmtpBehaviour.REFUSE, FOR_NOW, "gateway.unreachable", False),
    (SmtpBehaviour.HANG_UP_ON_QUIT, Outcome.ACCEPTED, "", False),
    (SmtpBehaviour.ACCEPT_NEVER_DELIVER, Outcome.ACCEPTED, "", False),
]


@pytest.mark.parametrize("behaviour, outcome, code, address_is_wrong", BEHAVIOUR)
def test_what_a_mail_server_does_is_a_receipt(behaviour, outcome, code, address_is_wrong, smtp):
    smtp.behave(behaviour)

    receipt = mail_channel(smtp, total_timeout_s=5).send(letter_for("email"))

    assert (receipt.outcome, receipt.code) == (outcome, code)
    assert receipt.address_is_wrong is address_is_wrong
    assert "zhang.wei" not in receipt.detail


@pytest.mark.parametrize(
    "behaviour", [SmtpBehaviour.SLOW, SmtpBehaviour.SLOW_DATA, SmtpBehaviour.BLACKHOLE]
)
def test_a_mail_server_that_takes_its_time_is_left_at_the_deadline(behaviour, smtp):
    smtp.behave(behaviour)
    began = time.monotonic()

    receipt = mail_channel(smtp, total_timeout_s=0.4).send(letter_for("email"))

    assert (receipt.outcome, receipt.code) == (FOR_NOW, "gateway.timed-out")
    assert 0.3 < time.monotonic() - began < 2


def test_a_mail_server_is_told_goodbye(smtp):
    mail_channel(smtp).send(letter_for("email"))

    assert smtp.goodbyes == 1


def test_a_mail_channel_works_again_as_soon_as_its_server_does(smtp):
    tried = mail_channel(smtp)
    outcomes = []
    for behaviour in (SmtpBehaviour.REFUSE, SmtpBehaviour.GREYLISTED, SmtpBehaviour.OK):
        smtp.behave(behaviour)
        outcomes.append(tried.send(letter_for("email")).outcome)

    assert outcomes == [FOR_NOW, FOR_NOW, Outcome.ACCEPTED]


# ---------------------------------------------------------------- TLS and login


@pytest.fixture(scope="module")
def tls(tmp_path_factory) -> TlsFiles:
    return TlsFiles.make(tmp_path_factory.mktemp("tls"))


def secured(smtp, security, **changes):
    return mail_channel(smtp, security=security, **changes)


def test_starttls_with_a_login(tls):
    with SmtpGateway(starttls=tls.server_context(), login=("duty", "s3cret")) as smtp:
        receipt = secured(
            smtp, "starttls", ca_file=str(tls.authority), username="duty", password="s3cret"
        ).send(letter_for("email"))
        assert receipt.outcome is Outcome.ACCEPTED
        assert len(smtp.mails) == 1


def test_implicit_tls(tls):
    with SmtpGateway(implicit_tls=tls.server_context()) as smtp:
        tried = secured(smtp, "ssl", ca_file=str(tls.authority))
        assert tried.send(letter_for("email")).outcome is Outcome.ACCEPTED


def test_tls_is_never_given_up(smtp):
    """A server, or somebody in between, that does not offer STARTTLS gets no letter."""
    receipt = secured(smtp, "starttls").send(letter_for("email"))

    assert (receipt.outcome, receipt.code) == (FOR_NOW, "email.not-offered")
    assert smtp.mails == []


@pytest.mark.parametrize("kind, security", [("starttls", "starttls"), ("implicit_tls", "ssl")])
def test_a_certificate_that_nobody_vouches_for_is_not_believed(kind, security, tls):
    with SmtpGateway(**{kind: tls.server_context()}) as smtp:
        receipt = secured(smtp, security).send(letter_for("email"))
        assert (receipt.outcome, receipt.code) == (FOR_NOW, "gateway.bad-certificate")
        assert smtp.mails == []


def test_a_wrong_password_fails_for_good_and_is_not_shown(tls):
    with SmtpGateway(starttls=tls.server_context(), login=("duty", "s3cret")) as smtp:
        receipt = secured(
            smtp, "starttls", ca_file=str(tls.authority), username="duty", password="wr0ngwr0ng"
        ).send(letter_for("email"))
    assert (receipt.outcome, receipt.code) == (FOR_GOOD, "535")
    assert "wr0ng" not in receipt.detail


def test_a_login_that_is_not_offered_fails_for_now(smtp):
    receipt = mail_channel(smtp, username="duty", password="x").send(letter_for("email"))

    assert (receipt.outcome, receipt.code) == (FOR_NOW, "email.not-offered")


def test_a_server_silent_in_the_handshake_is_left_at_the_deadline(smtp):
    smtp.behave(SmtpBehaviour.BLACKHOLE)
    began = time.monotonic()

    receipt = secured(smtp, "ssl", total_timeout_s=0.4).send(letter_for("email"))

    assert receipt.code == "gateway.timed-out"
    assert time.monotonic() - began < 2
