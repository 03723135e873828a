"""Loopback gateways and letters for the tests of the channels."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.gateways import HttpGateway, SmtpGateway


@pytest.fixture
def gateway() -> Iterator[HttpGateway]:
    with HttpGateway() as running:
        yield running


@pytest.fixture
def smtp() -> Iterator[SmtpGateway]:
    with SmtpGateway() as running:
        yield running
