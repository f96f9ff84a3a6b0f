from pathlib import Path

from tests.manifest.projects import findings, load_files


def _find(tmp_path: Path, manifest: str) -> list[str]:
    return findings(load_files(tmp_path, {"manifests/a.yaml": manifest}))


def test_ordinary_letters_of_any_language_are_fine(tmp_path: Path) -> None:
    assert not _find(
        tmp_path, "signals: {p: {name: Kjølevann 50 °C, labels: {by: [東京, Ærøy]}}}\n"
    )


def test_an_escaped_invisible_character_is_seen(tmp_path: Path) -> None:
    manifest = 'signals:\n  p: {name: "a\\u200bb", description: plain}\n'

    assert _find(tmp_path, manifest) == ["warning MAN-INVISIBLE manifests/a.yaml:2:13"]


def test_a_decomposed_value_beside_an_equal_one_is_an_error(tmp_path: Path) -> None:
    manifest = 'signals:\n  p: {labels: {e: ["é", "e\u0301", "e\u0301x"]}}\n'

    assert _find(tmp_path, manifest) == [
        "error MAN-NFC manifests/a.yaml:2:25",
        "warning MAN-NFC manifests/a.yaml:2:31",
    ]


def test_annotations_of_syncer_are_reserved_in_defaults_too(tmp_path: Path) -> None:
    loaded = load_files(
        tmp_path,
        {
            "_defaults.yaml": "signals: {annotations: {syncer/base: x}}\n",
            "manifests/a.yaml": "defaults: {items: {annotations: {syncer/run: x}}}\n"
            'signals: {p: {annotations: {"\\x73yncer/project": x, other: syncer/}}}\n',
        },
    )

    assert findings(loaded) == [
        "error MAN-RESERVED _defaults.yaml:1:25",
        "error MAN-RESERVED manifests/a.yaml:1:34",
        "error MAN-RESERVED manifests/a.yaml:2:29",
    ]


def test_names_beyond_a_hundred_characters_are_a_warning(tmp_path: Path) -> None:
    manifest = f"items:\n  short: {{name: {'x' * 100}}}\n  long: {{name: {'x' * 101}}}\n"

    assert _find(tmp_path, manifest) == ["warning MAN-LENGTH manifests/a.yaml:3:16"]


def test_ids_that_differ_in_case_or_separators_are_named_together(tmp_path: Path) -> None:
    loaded = load_files(
        tmp_path, {"manifests/a.yaml": "signals:\n  Pump.1: {}\n  pump-1: {}\n  pump-11: {}\n"}
    )

    (finding,) = loaded.diagnostics
    assert str(finding.location) == "manifests/a.yaml:3:3"
    assert "manifests/a.yaml:2:3" in finding.summary


def test_keys_are_looked_at_like_values(tmp_path: Path) -> None:
    assert _find(tmp_path, 'filters: {hot: {$or: [{name: "x\u00a0y"}]}}\n') == [
        "warning MAN-INVISIBLE manifests/a.yaml:1:30"
    ]
