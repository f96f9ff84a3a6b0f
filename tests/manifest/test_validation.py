import pytest

from syncer.diagnostics import Diagnostic
from syncer.manifest.limits import Limits
from syncer.manifest.models import Manifest, manifest_adapter
from syncer.manifest.reading import scan
from syncer.manifest.validation import judge, prune, suggest


def _problems(text: str) -> list[Diagnostic]:
    document = scan("f.yaml", text.encode(), Limits()).document
    assert document is not None
    return [problem.finding for problem in judge(document, manifest_adapter(), Manifest)]


def _signal(fields: str) -> Diagnostic:
    (finding,) = _problems(f"signals: {{pump: {{{fields}}}}}\n")
    return finding


@pytest.mark.parametrize(
    ("fields", "hint"),
    [
        ("name: 1.10", 'put it in quotes: "1.10"'),
        ("name: 012", 'put it in quotes: "012"'),
        ("name: true", 'put it in quotes: "true"'),
        ("enumValues: {1: 0x1F}", 'put it in quotes: "0x1F"'),
        ("name: null", "leave the key out to leave the value alone"),
        ("engUnit: ~", 'leave the key out to leave the value alone, or write "" for none'),
        ("labels: ~", "leave the key out to leave the value alone, or write {} for none"),
        ("labels: {site: }", "leave the key out to leave the value alone, or write [] for none"),
        ("createOnly: ~", "leave the key out to leave the value alone"),
        ("labels: {site: Pier}", "put it in brackets: [Pier]"),
        ("labels: {site: 5}", "put it in brackets: [5]"),
        ("nmae: x", 'did you mean "name"?'),
        ("valueType: enums", 'did you mean "enum"?'),
        ("valueType: xyz", ""),
        ("lifecycle: [x]", "its keys are: manage, ignore, exact, protected"),
        ("name: {x: y}", ""),
    ],
)
def test_the_hint_says_what_to_write(fields: str, hint: str) -> None:
    assert _signal(fields).hint == hint


@pytest.mark.parametrize(
    ("fields", "summary"),
    [
        ("name: 1.10", '"name" is 1.10 where text is wanted'),
        ("engUnit: ", '"engUnit" is empty where text is wanted'),
        ("name: [x]", '"name" is a list where text is wanted'),
        ("name: {}", '"name" is a mapping where text is wanted'),
        ("name: ''", '"name" is "": 0 characters'),
        ("gapDetection: 1 h", '"gapDetection" is "1 h", which is no fixed duration'),
        ("gapDetection: P10000D", '"gapDetection" is "P10000D", which is no fixed duration'),
        ("createOnly: 1", '"createOnly" is 1 where true or false is wanted'),
        ("labels: {a b: []}", 'the key is "a b"'),
        ("nmae: x", '"nmae" is no key of this section'),
    ],
)
def test_the_summary_quotes_the_value(fields: str, summary: str) -> None:
    assert _signal(fields).summary == summary


def test_null_unsets_a_duration() -> None:
    assert not _problems("signals: {pump: {gapDetection: null, sampleInterval: ~}}\n")


def test_empty_values_are_values() -> None:
    text = '{description: "", engUnit: "", labels: {}, annotations: {a: ""}, enumValues: {}}'

    assert not _problems(f"signals: {{pump: {text}}}\n")


def test_long_values_are_shortened() -> None:
    finding = _signal(f"name: {'x' * 500}")

    assert len(finding.summary) < 120
    assert "…" in finding.summary


def test_what_is_refused_is_left_out_of_what_follows() -> None:
    text = "integration: A\nsignals: {a: {nmae: x, name: 1}, b: {}}\ndefaults: {signals: {x: 1}}\n"
    document = scan("f.yaml", text.encode(), Limits()).document
    assert document is not None
    problems = judge(document, manifest_adapter(), Manifest)

    assert prune(document.value, problems) == {"signals": {"b": {}}, "defaults": {}}


def test_a_section_of_another_kind_is_left_out() -> None:
    document = scan("f.yaml", b"signals: x\nitems: {}\n", Limits()).document
    assert document is not None

    assert prune(document.value, judge(document, manifest_adapter(), Manifest)) == {"items": {}}


def test_a_root_that_is_no_mapping_leaves_nothing() -> None:
    document = scan("f.yaml", b"- x\n", Limits()).document
    assert document is not None

    assert prune(document.value, judge(document, manifest_adapter(), Manifest)) == {}


def test_the_nearest_word_is_suggested_or_all_are() -> None:
    assert suggest("stnad", ("stand", "harbour")) == 'did you mean "stand"?'
    assert suggest("xyz", ("stand", "harbour")) == "known: stand, harbour"
    assert suggest("xyz", ()) == ""
