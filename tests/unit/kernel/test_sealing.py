from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from lianfang.kernel.sealing import CannotOpen, Keyring, load_or_create_keyring


@pytest.fixture
def ring() -> Keyring:
    return Keyring("secret", {"k1": os.urandom(32)}, "k1", os.urandom(32))


def test_a_sealed_value_opens_in_its_own_column_only(ring: Keyring) -> None:
    sealed = ring.seal("+8614200000001", place="roster_person.phone")
    assert "142" not in sealed
    assert ring.open(sealed, place="roster_person.phone") == "+8614200000001"
    with pytest.raises(CannotOpen):
        ring.open(sealed, place="roster_person.email")


def test_the_same_text_is_never_sealed_to_the_same_value(ring: Keyring) -> None:
    assert ring.seal("发热", place="p") != ring.seal("发热", place="p")


def test_an_altered_value_does_not_open(ring: Keyring) -> None:
    sealed = ring.seal("36.5", place="p")
    other = "A" if sealed[-6] != "A" else "B"
    with pytest.raises(CannotOpen):
        ring.open(sealed[:-6] + other + sealed[-5:], place="p")


def test_old_values_open_after_a_new_key_seals(ring: Keyring) -> None:
    old = ring.seal("先", place="p")
    turned = replace(ring, field_keys=ring.field_keys | {"k2": os.urandom(32)}, active="k2")
    assert turned.open(old, place="p") == "先"
    assert turned.seal("后", place="p").startswith("s1.k2.")
    with pytest.raises(CannotOpen):
        ring.open(turned.seal("后", place="p"), place="p")


def test_equal_texts_of_one_place_are_found_and_of_two_are_not(ring: Keyring) -> None:
    assert ring.blind("x", place="a") == ring.blind("x", place="a")
    assert ring.blind("x", place="a") != ring.blind("x", place="b")


def test_keys_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "home" / "keys.json"
    first = load_or_create_keyring(path)
    assert load_or_create_keyring(path) == first
    assert path.stat().st_mode & 0o077 == 0
    assert list(path.parent.iterdir()) == [path]
