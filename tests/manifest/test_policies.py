from pathlib import Path

import pytest

from syncer.diagnostics import Diagnostic
from tests.manifest.projects import PROJECT, findings, load_files

_PUMP = "signals:\n  pump: {name: Pump, labels: {site: [Pier]}, annotations: {acme/x: y}}\n"


def _judge(tmp_path: Path, policy: str, manifest: str = _PUMP) -> list[Diagnostic]:
    loaded = load_files(
        tmp_path,
        {
            "syncer.yaml": PROJECT + 'policies: ["policies/*"]\n',
            "policies/p.json": policy,
            "manifests/a.yaml": manifest,
        },
    )
    return list(loaded.diagnostics)


def _places(tmp_path: Path, policy: str, manifest: str = _PUMP) -> list[str]:
    return [f"{one.code} {one.location}" for one in _judge(tmp_path, policy, manifest)]


@pytest.mark.parametrize(
    "policy",
    [
        "{}",
        '{"required": ["name"], "properties": {"kind": {"const": "signals"}}}',
        '{"properties": {"key": {"pattern": "^p"}, "address": {"const": "signals/stand/pump"}}}',
        '{"properties": {"createOnly": {"const": false}, "follow": {"maxItems": 0}}}',
        '{"properties": {"labels": {"patternProperties": {"^s": {"type": "array"}}}}}',
        '{"properties": {"annotations": {"patternProperties": {"^acme/": true},'
        ' "additionalProperties": false}}}',
        '{"$defs": {"n": {"type": "string"}}, "properties": {"name": {"$ref": "#/$defs/n"}}}',
        '{"properties": {"pattern": {"type": "string"}}}',
        '{"properties": {"labels": {"additionalProperties": {"type": "array"}}}}',
        '{"properties": {"name": {"additionalProperties": false, "patternProperties": {}}}}',
    ],
)
def test_a_resource_that_satisfies_a_policy_is_fine(policy: str, tmp_path: Path) -> None:
    assert not _places(tmp_path, policy)


@pytest.mark.parametrize(
    ("policy", "place"),
    [
        ('{"required": ["description"]}', "2:3"),
        ('{"properties": {"name": {"pattern": "^[a-z]+$"}}}', "2:16"),
        ('{"properties": {"labels": {"properties": {"site": {"items": {"const": "x"}}}}}}', "2:37"),
        ('{"properties": {"labels": {"patternProperties": {"^s": {"maxItems": 0}}}}}', "2:37"),
        ('{"properties": {"labels": {"additionalProperties": false}}}', "2:37"),
        ('{"properties": {"labels": {"additionalProperties": {"maxItems": 0}}}}', "2:37"),
    ],
)
def test_a_violation_is_found_at_the_field(policy: str, place: str, tmp_path: Path) -> None:
    assert _places(tmp_path, policy) == [f"POL-VIOLATION manifests/a.yaml:{place}"]


def test_a_violation_names_the_policy_and_its_own_words(tmp_path: Path) -> None:
    policy = '{"properties": {"name": {"maxLength": 2, "description": "names are short"}}}'

    (finding,) = _judge(tmp_path, policy)

    assert '"policies/p.json"' in finding.summary
    assert finding.rule == "names are short"


@pytest.mark.parametrize(
    ("policy", "place"),
    [
        ('{"$ref": "http://127.0.0.1:9/s.json"}', "1:10"),
        ('{"$ref": "file:///etc/passwd"}', "1:10"),
        ('{"$ref": "other.json"}', "1:10"),
        ('{"$ref": "#/$defs/missing"}', "1:10"),
        ('{"allOf": [{"$dynamicRef": "http://127.0.0.1:9/"}]}', "1:28"),
    ],
)
def test_no_reference_leaves_the_file(policy: str, place: str, tmp_path: Path) -> None:
    assert _places(tmp_path, policy) == [f"SCH-REF policies/p.json:{place}"]


@pytest.mark.parametrize(
    ("policy", "place"),
    [
        ("[]", ":1:1"),
        ('{"type": "strin"}', ":1:10"),
        ('{"pattern": "(?<=a)b"}', ":1:13"),
        (f'{{"pattern": "{"a" * 257}"}}', ":1:13"),
        ('{"patternProperties": {"(": {}}}', ":1:24"),
        ('{"unevaluatedProperties": false}', ":1:2"),
        ('{"$schema": "http://json-schema.org/draft-04/schema#"}', ":1:13"),
        ('{"$ref": "#"}', ""),
    ],
)
def test_an_unusable_policy_is_found_at_its_place(policy: str, place: str, tmp_path: Path) -> None:
    assert _places(tmp_path, policy) == [f"POL-SCHEMA policies/p.json{place}"]


def test_a_policy_that_is_no_text_is_refused(tmp_path: Path) -> None:
    assert _places(tmp_path, '{"a": 1, "a": 2}') == ["YML-DUP-KEY policies/p.json:1:10"]
    assert _places(tmp_path, "{") == ["YML-SYNTAX policies/p.json:1:2"]


def test_policies_that_are_links_are_refused(tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies/link.json").symlink_to("/etc/passwd")

    assert _places(tmp_path, "{}") == ["PTH-SYMLINK policies/link.json"]


def test_a_policy_judges_after_defaults(tmp_path: Path) -> None:
    manifest = "defaults:\n  signals: {engUnit: psi}\nsignals: {p: {}}\n"
    policy = '{"properties": {"engUnit": {"enum": ["bar"]}}}'

    assert _places(tmp_path, policy, manifest) == ["POL-VIOLATION manifests/a.yaml:2:22"]


def test_policies_without_findings_leave_no_text(tmp_path: Path) -> None:
    loaded = load_files(
        tmp_path,
        {
            "syncer.yaml": PROJECT + "policies: [p.json]\n",
            "p.json": "{}",
            "manifests/a.yaml": "{}\n",
        },
    )

    assert not findings(loaded)
    assert not loaded.texts
