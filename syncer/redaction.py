"""Secrets that cannot be printed by accident, and the last filter before text leaves.

`Secret` goes in where a credential is read; `Redactor` takes text and gives it back without any
secret that this process has seen.
"""

import base64
import json
import urllib.parse
from typing import Final

MASK: Final = "***"
_SHORTEST = 4  # masking shorter texts would shred the output without hiding anything


class Secret:
    """A text whose `str`, `repr`, `format` and pickle show nothing; `reveal()` gives it out."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the secret itself, for the request that needs it."""
        return self._text

    def __repr__(self) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> tuple[type["Secret"], tuple[str]]:
        return (Secret, (MASK,))


class Redactor:
    """Replaces every form of the secrets it was told about."""

    def __init__(self) -> None:
        self._forms: set[str] = set()

    def add(self, secret: Secret) -> None:
        """Hide this secret from now on: raw, JSON-escaped, URL-encoded, hex and base64."""
        text = secret.reveal()
        if len(text) >= _SHORTEST:
            self._forms.update(_forms(text))

    def redact(self, text: str) -> str:
        """Return the text with each known secret replaced by `***`."""
        for form in sorted(self._forms, key=len, reverse=True):
            if form in text:
                text = text.replace(form, MASK)
        return text


def _forms(text: str) -> set[str]:
    data = text.encode()
    forms = {text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}
    forms |= {urllib.parse.quote(text), urllib.parse.quote(text, ""), urllib.parse.quote_plus(text)}
    forms |= {data.hex(), data.hex().upper()}
    for shift in range(3):
        # The first and last characters depend on the neighbours, so only the middle is compared.
        encoded = base64.b64encode(b"\0" * shift + data).decode()
        middle = encoded[4 if shift else 0 : len(encoded) - 4]
        if len(middle) >= _SHORTEST * 2:
            forms |= {middle, middle.replace("+", "-").replace("/", "_")}
    return forms
