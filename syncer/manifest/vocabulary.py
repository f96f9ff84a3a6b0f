"""The project's vocabulary: which labels resources may have, and with which values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Final

from syncer import filters
from syncer.diagnostics import Diagnostic, Location, Severity
from syncer.manifest.documents import Document, Path
from syncer.manifest.origins import entry_place, key_place
from syncer.resources import Address, Desired
from syncer.sinks import quoted

OTHERS: Final = "*"  # stands for every key that is not listed


@dataclass(frozen=True, slots=True)
class Word:
    """One label key of the vocabulary."""

    place: Location
    values: frozenset[str] | None = None
    pattern: str = ""
    regex: filters.Regex | None = None
    required: frozenset[str] = frozenset()


@dataclass(slots=True)
class Vocabulary:
    """The label keys that any manifest lists; without any, nothing is restricted."""

    words: dict[str, Word] = field(default_factory=dict)
    denies_others: bool = False
    _places: dict[str, Location] = field(default_factory=dict)

    def add(self, document: Document, rules: Mapping[str, Any]) -> Iterator[Diagnostic]:
        """Take in the `labels` section of a manifest; yields what is wrong with it."""
        for key, rule in rules.items():
            place = document.locate(("labels", key), at_key=True)
            if key in self._places:
                yield _listed_twice(key, place, self._places[key])
                continue
            self._places[key] = place
            yield from _check_rule(document, key, rule)
            if key == OTHERS:
                self.denies_others = rule.get("deny", False)
            else:
                self.words[key] = _word(place, rule)

    def check(self, resources: Mapping[Address, Desired]) -> Iterator[Diagnostic]:
        """Yield what resources say against the vocabulary."""
        if not self._places:
            return
        required = {key: word for key, word in self.words.items() if word.required}
        for desired in resources.values():
            labels = _labels(desired)
            yield from self._check_labels(desired, labels)
            if required:
                yield from _check_required(desired, labels, required, resources)

    def _check_labels(
        self, desired: Desired, labels: Mapping[str, list[str]]
    ) -> Iterator[Diagnostic]:
        for key, values in labels.items():
            word = self.words.get(key)
            if word is None:
                yield self._unlisted(desired, key)
                continue
            for index, value in enumerate(values):
                if word.values is not None and value not in word.values:
                    yield _refused_value(desired, key, index, value, word.values)
                elif word.regex is not None and not word.regex.search(value):
                    rule = f"values of {quoted(key)} match {quoted(word.pattern)}"
                    yield _value_finding(desired, key, index, value, rule, "")

    def _unlisted(self, desired: Desired, key: str) -> Diagnostic:
        close = get_close_matches(key, self.words, n=1)
        return Diagnostic(
            "MAN-LABEL-KEY",
            f"the label {quoted(key)} is not in the vocabulary",
            key_place(desired, ("labels", key)),
            rule="labels lists the keys that resources may have",
            hint=f"did you mean {quoted(close[0])}?" if close else "add it under labels: {}",
            severity=Severity.ERROR if self.denies_others else Severity.WARNING,
            width=len(key),
        )


def _check_rule(document: Document, key: str, rule: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """Find what the model cannot: expressions, and which keys fit together."""
    if (key == OTHERS and set(rule) - {"deny", "description"}) or (
        key != OTHERS and "deny" in rule
    ):
        path: Path = ("labels", key)
        yield Diagnostic(
            "MAN-VALUE",
            f"the rule of {quoted(key)} has keys that do not apply to it",
            document.locate(path, at_key=True),
            rule='deny belongs to "*", which takes nothing else',
            hint='write "*": {deny: true}',
            width=document.width(path, at_key=True),
        )
    if "pattern" in rule:
        try:
            filters.compile_regex(rule["pattern"])
        except ValueError as error:
            path = ("labels", key, "pattern")
            yield Diagnostic(
                "MAN-PATTERN",
                "the regular expression cannot be used",
                document.locate(path),
                rule=str(error),
                hint="see github.com/google/re2/wiki/Syntax",
                width=document.width(path),
            )


def _word(place: Location, rule: Mapping[str, Any]) -> Word:
    pattern = rule.get("pattern", "")
    try:
        regex = filters.compile_regex(pattern) if pattern else None
    except ValueError:  # reported when the rule was checked
        regex = None
    values = rule.get("values")
    return Word(
        place,
        None if values is None else frozenset(values),
        pattern,
        regex,
        frozenset(rule.get("required", ())),
    )


def _labels(desired: Desired) -> Mapping[str, list[str]]:
    labels = desired.fields.get("labels", {})
    return labels if isinstance(labels, dict) else {}


def _check_required(
    desired: Desired,
    labels: Mapping[str, list[str]],
    required: Mapping[str, Word],
    resources: Mapping[Address, Desired],
) -> Iterator[Diagnostic]:
    address = desired.address
    if address.kind == "items" and desired.fields.get("labels") != {}:
        # What an item leaves out it has from its signal: followed, or copied when it is published.
        signal = resources.get(address._replace(kind="signals"))
        if signal is None:
            return  # only the live signal tells
        labels = {**_labels(signal), **labels}
    for key, word in required.items():
        if address.kind in word.required and not labels.get(key):
            yield Diagnostic(
                "MAN-LABEL-REQUIRED",
                f"{quoted(str(address))} has no label {quoted(key)}",
                desired.locate(()),
                rule=f"the vocabulary requires it, at {word.place}",
                hint=f"add labels: {{{key}: [...]}} here or under defaults",
                width=len(address.key),
            )


def _refused_value(
    desired: Desired, key: str, index: int, value: str, allowed: frozenset[str]
) -> Diagnostic:
    shown = ", ".join(quoted(text) for text in sorted(allowed)[:20])
    close = get_close_matches(value, sorted(allowed), n=1)
    hint = f"did you mean {quoted(close[0])}?" if close else ""
    return _value_finding(desired, key, index, value, f"values of {quoted(key)}: {shown}", hint)


def _value_finding(
    desired: Desired, key: str, index: int, value: str, rule: str, hint: str
) -> Diagnostic:
    place = entry_place(desired, ("labels", key), index)
    summary = f"the label {quoted(key)} has the value {quoted(value[:60])}"
    return Diagnostic("MAN-LABEL-VALUE", summary, place, rule=rule, hint=hint, width=len(value))


def _listed_twice(key: str, place: Location, first: Location) -> Diagnostic:
    return Diagnostic(
        "MAN-LABEL-DUPLICATE",
        f"the vocabulary lists {quoted(key)} twice",
        place,
        rule=f"it stands at {first} too",
        hint="keep one of the two, for all manifests",
        width=len(key),
    )
