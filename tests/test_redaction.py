"""No form of a secret leaves, and a secret cannot be printed by accident."""

import base64
import json
import pickle
import urllib.parse
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncer.redaction import MASK, Redactor, Secret

CANARY = 'canary/9f8e7d+"q ü\\z~6c5b4a'
SECRETS = st.text(st.characters(codec="utf-8", exclude_characters="*"), min_size=4, max_size=60)


def _base64(shift: int) -> Callable[[str], str]:
    return lambda text: base64.b64encode(b"a:b"[:shift] + text.encode()).decode()


FORMS: dict[str, Callable[[str], str]] = {
    "raw": str,
    "json": json.dumps,
    "json in unicode": lambda text: json.dumps(text, ensure_ascii=False),
    "url": urllib.parse.quote,
    "url in full": lambda text: urllib.parse.quote(text, safe=""),
    "form": urllib.parse.quote_plus,
    "hex": lambda text: text.encode().hex(),
    "hex in capitals": lambda text: text.encode().hex().upper(),
    "base64 at 0": _base64(0),
    "base64 at 1": _base64(1),
    "base64 at 2": _base64(2),
    "base64 for urls": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_secret_is_masked(form: str) -> None:
    redactor = Redactor()
    redactor.add(Secret(CANARY))

    shown = redactor.redact(f"before {FORMS[form](CANARY)} after")

    assert MASK in shown
    assert len(shown) < len(f"before {MASK} after") + 12  # the rim of a base64 text tells nothing
    assert CANARY[:6] not in shown


@pytest.mark.property
@given(SECRETS, st.text(), st.text())
def test_redacting_is_idempotent_and_leaves_no_secret(secret: str, before: str, after: str) -> None:
    """Law: redact(redact(x)) == redact(x), and the secret is not in it."""
    redactor = Redactor()
    redactor.add(Secret(secret))

    shown = redactor.redact(before + secret + after)

    assert secret not in shown
    assert redactor.redact(shown) == shown


@pytest.mark.property
@given(st.text())
def test_text_without_secrets_is_left_as_it_is(text: str) -> None:
    """Law: a redactor that was told nothing changes nothing."""
    assert Redactor().redact(text) == text


def test_the_longest_form_is_masked_first() -> None:
    redactor = Redactor()
    for text in ("abcd", "abcdefgh"):
        redactor.add(Secret(text))

    assert redactor.redact("abcdefgh") == MASK


def test_texts_too_short_to_hide_are_left() -> None:
    redactor = Redactor()
    redactor.add(Secret("abc"))

    assert redactor.redact("abcabc") == "abcabc"


def test_a_secret_shows_nothing_by_accident() -> None:
    secret = Secret("canary")

    assert [str(secret), repr(secret), f"{secret}", f"{[secret]}"] == [MASK, MASK, MASK, "[***]"]
    assert b"canary" not in pickle.dumps(secret)
    assert not hasattr(secret, "__dict__")


def test_secrets_compare_by_what_they_hold() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a")}) == 1
    assert Secret("a").reveal() == "a"
