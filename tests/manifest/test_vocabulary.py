from pathlib import Path

from tests.manifest.projects import findings, load_files

_WORDS = """\
labels:
  site: {description: Plant site, values: [Pier, Yacht], required: [signals, items]}
  data-source: {pattern: "^[a-z ]+$"}
  area: {}
"""


def _load(tmp_path: Path, manifest: str, words: str = _WORDS) -> list[str]:
    files = {"manifests/words.yaml": words, "manifests/a.yaml": manifest}
    return findings(load_files(tmp_path, files))


def test_without_a_vocabulary_nothing_is_restricted(tmp_path: Path) -> None:
    assert not _load(tmp_path, "signals: {pump: {labels: {any: [thing]}}}\n", words="{}\n")


def test_listed_keys_and_values_are_allowed(tmp_path: Path) -> None:
    manifest = "signals: {p: {labels: {site: [Pier], data-source: [by hand], area: [x]}}}\n"

    assert not _load(tmp_path, manifest)


def test_a_value_is_found_in_the_layer_that_said_it(tmp_path: Path) -> None:
    manifest = "defaults:\n  signals:\n    labels: {site: [Pier, Peir]}\nsignals: {p: {}}\n"

    assert _load(tmp_path, manifest) == ["error MAN-LABEL-VALUE manifests/a.yaml:3:27"]


def test_an_unlisted_key_is_a_warning(tmp_path: Path) -> None:
    manifest = "signals: {p: {labels: {site: [Pier], ara: [x]}}}\n"

    assert _load(tmp_path, manifest) == ["warning MAN-LABEL-KEY manifests/a.yaml:1:38"]


def test_an_unlisted_key_is_an_error_where_others_are_denied(tmp_path: Path) -> None:
    words = 'labels: {"*": {deny: true}}\n'
    manifest = "signals: {p: {labels: {site: [Pier]}}}\n"

    assert _load(tmp_path, manifest, words) == ["error MAN-LABEL-KEY manifests/a.yaml:1:24"]


def test_a_removed_label_does_not_count_as_present(tmp_path: Path) -> None:
    manifest = "signals:\n  p: {labels: {site: []}}\n"

    assert _load(tmp_path, manifest) == ["error MAN-LABEL-REQUIRED manifests/a.yaml:2:3"]


def test_an_item_has_the_labels_of_its_signal(tmp_path: Path) -> None:
    manifest = (
        "signals: {p: {labels: {site: [Pier]}}}\n"
        "items:\n  p: {labels: {area: [x]}}\n  live: {name: x}\n"
    )

    assert not _load(tmp_path, manifest)


def test_an_item_without_labels_lacks_what_is_required(tmp_path: Path) -> None:
    manifest = "signals: {p: {labels: {site: [Pier]}}}\nitems:\n  p: {labels: {}}\n"

    assert _load(tmp_path, manifest) == ["error MAN-LABEL-REQUIRED manifests/a.yaml:3:3"]


def test_rules_and_keys_must_fit_together(tmp_path: Path) -> None:
    words = 'labels:\n  "*": {values: [x]}\n  site: {deny: true}\n  area: {pattern: "["}\n'

    assert _load(tmp_path, "{}\n", words) == [
        "error MAN-VALUE manifests/words.yaml:2:3",
        "error MAN-VALUE manifests/words.yaml:3:3",
        "error MAN-PATTERN manifests/words.yaml:4:19",
    ]


def test_a_key_is_listed_once_for_all_manifests(tmp_path: Path) -> None:
    assert _load(tmp_path, "labels: {area: {}}\n") == [
        "error MAN-LABEL-DUPLICATE manifests/words.yaml:4:3"
    ]
