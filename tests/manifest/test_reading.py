import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncer.diagnostics import Diagnostic
from syncer.manifest.builder import MOST_FINDINGS
from syncer.manifest.characters import decode
from syncer.manifest.limits import Limits
from syncer.manifest.plain import Unusual, read_plain
from syncer.manifest.reading import Scanned, scan
from tests.manifest.strategies import yaml_texts

_LIMITS = Limits()


def _scan(text: str, limits: Limits = _LIMITS) -> Scanned:
    return scan("f.yaml", text.encode(), limits)


def _value(text: str) -> object:
    scanned = _scan(text)
    assert not scanned.findings
    assert scanned.document is not None
    return scanned.document.value


def _codes(text: str, limits: Limits = _LIMITS) -> list[str]:
    return [finding.code for finding in _scan(text, limits).findings]


def test_keys_are_text_exactly_as_written() -> None:
    value = _value("00123: a\n1: b\ntrue: c\nnull: d\n1.0: e\n")

    assert value == {"00123": "a", "1": "b", "true": "c", "null": "d", "1.0": "e"}


def test_flow_and_json_syntax_are_read() -> None:
    assert _value('{"a": [1, {"b": null}], c: []}') == {"a": [1, {"b": None}], "c": []}


def test_a_text_of_comments_has_no_value() -> None:
    assert _value("# nothing\n") is None
    assert _value("") is None


def test_a_byte_order_mark_is_skipped() -> None:
    scanned = scan("f.yaml", b"\xef\xbb\xbfname: x\n", _LIMITS)

    assert scanned.document is not None
    assert scanned.document.value == {"name": "x"}


def test_windows_line_ends_are_read_and_a_bare_return_is_not() -> None:
    assert _value("a: b\r\nc: d\r\n") == {"a": "b", "c": "d"}
    assert _codes("a: b\rc: d\n") == ["YML-CTRL"]


def test_aliases_repeat_the_value() -> None:
    value = _value("a: &a {x: 1}\nb: *a\nc: &t text\nd: [*t]\n")

    assert value == {"a": {"x": 1}, "b": {"x": 1}, "c": "text", "d": ["text"]}


def test_an_anchored_key_can_be_repeated() -> None:
    assert _value("&k key: 1\nother: *k\n") == {"key": 1, "other": "key"}


def test_all_errors_of_a_file_are_found() -> None:
    codes = _codes('a: 1\na: 2\nb: !x y\n<<: {}\n? [q]\n: r\nc: "\\e"\nd: .inf\ne: *no\n')

    assert codes == [
        "YML-DUP-KEY",
        "YML-TAG",
        "YML-MERGE",
        "YML-KEYTYPE",
        "YML-CTRL",
        "MAN-TYPE",
        "YML-ALIAS",
    ]


def test_an_alias_is_no_key() -> None:
    assert _codes("a: &a x\n? *a\n: y\n") == ["YML-KEYTYPE"]


def test_quoted_odd_keys_are_text() -> None:
    assert _value('"": a\n"~": b\n"<<": c\n') == {"": "a", "~": "b", "<<": "c"}


def test_a_file_with_an_error_on_every_line_ends_early() -> None:
    text = "a: 1\n" * (MOST_FINDINGS + 500)

    assert len(_scan(text).findings) == MOST_FINDINGS


@pytest.mark.parametrize(
    ("limits", "fits", "passes", "code"),
    [
        (Limits(depth=3), "a: {b: [c]}", "a: {b: [[c]]}", "LIM-DEPTH"),
        (Limits(nodes=5), "a: [b, c]", "a: [b, c, d]", "LIM-NODES"),
        (Limits(nodes=5), "a: b\nc: d", "a: b\nc: d\ne: f", "LIM-NODES"),
        (Limits(scalar=2000), "a: " + "x" * 2000, "a: " + "x" * 2001, "LIM-SCALAR"),
        (Limits(scalar=2000), "a: '" + "x" * 2000 + "'", "a: '" + "x" * 2001 + "'", "LIM-SCALAR"),
        (Limits(scalar=2000), "- " + "x" * 2000, "- " + "x" * 2001, "LIM-SCALAR"),
        (Limits(scalar=5), "abcde: x", "abcdef: x", "LIM-SCALAR"),
        (Limits(), "a: " + "1" * 32, "a: " + "1" * 33, "LIM-SCALAR"),
        (Limits(anchors=1), "a: &a b", "a: &a b\nc: &c d", "LIM-ANCHORS"),
        (Limits(aliases=1), "a: &a b\nc: *a", "a: &a b\nc: [*a, *a]", "LIM-ALIASES"),
        (Limits(expanded=3), "a: &a [b, c]\nd: *a", "a: &a [b, c, d]\nd: *a", "LIM-ALIAS"),
        (Limits(depth=3), "a: &a [b]\nc: [*a]", "a: &a [[b]]\nc: [*a]", "LIM-DEPTH"),
    ],
)
def test_a_limit_holds_at_its_number(limits: Limits, fits: str, passes: str, code: str) -> None:
    assert code not in _codes(fits, limits)
    assert _codes(passes, limits) == [code]


def test_nested_repetition_counts_what_it_expands_to() -> None:
    text = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"

    assert not _codes(text, Limits(expanded=20))
    assert _codes(text, Limits(expanded=19)) == ["LIM-ALIAS"]


@pytest.mark.property
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """Reading is total: a document, or findings; nothing raises, and it is quick."""
    start = time.perf_counter()

    scanned = scan("f.yaml", data, _LIMITS)

    assert scanned.document is not None or scanned.findings
    assert time.perf_counter() - start < 2


@pytest.mark.property
@given(yaml_texts)
def test_findings_lie_inside_the_file(text: str) -> None:
    """Every finding of any text has a line of it, and a column of that line."""
    lines = text.removeprefix("\ufeff").split("\n")

    for finding in _scan(text).findings:
        assert finding.location is not None
        assert 1 <= finding.location.line <= len(lines)
        assert 1 <= finding.location.column <= len(lines[finding.location.line - 1]) + 1


@pytest.mark.property
@given(yaml_texts)
def test_what_the_quick_reader_accepts_has_no_findings_and_the_same_values(text: str) -> None:
    """The two readers are one dialect."""
    decoded = decode("f.yaml", text.encode())
    if isinstance(decoded, Diagnostic):
        return
    try:
        value = read_plain(decoded, text.encode().removeprefix(b"\xef\xbb\xbf"), _LIMITS)
    except Unusual:
        return
    from syncer.manifest.builder import Builder

    builder = Builder(decoded, _LIMITS)

    assert builder.build() == value
    assert not builder.findings


@pytest.mark.property
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text("abcæ: ,#'", max_size=9),
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(st.text("abcæ ", max_size=5), inner)
        ),
        max_leaves=15,
    )
)
def test_json_reads_as_json_does(value: object) -> None:
    """YAML 1.2 contains JSON."""
    assert _value(json.dumps({"v": value}, ensure_ascii=False)) == {"v": value}
