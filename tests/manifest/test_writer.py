"""New manifests; tests/property/test_writing.py has the law."""

from syncer.manifest.writer import write_manifest


def test_a_manifest_is_written_as_people_write_it() -> None:
    text = write_manifest(
        {
            "integration": "pier",
            "signals": {
                "a:b": {
                    "name": "NO",
                    "description": "two\nlines \u0085 \u202f°C",
                    "labels": {"site": ["A b", "1.10", ": x"], "00": []},
                    "annotations": {"acme/x": "z" * 70},
                    "enumValues": {"0": "ok", "01": "no"},
                    "sampleInterval": None,
                },
                "00123": {},
            },
            "items": {"#1": {"visible": False}},
        }
    )

    assert text == (
        "integration: pier\n"
        "signals:\n"
        "  a:b:\n"
        '    name: "NO"\n'
        '    description: "two\\nlines \\x85 \\u202f°C"\n'
        '    labels: {site: [A b, "1.10", ": x"], "00": []}\n'
        "    annotations:\n"
        f"      acme/x: {'z' * 70}\n"
        '    enumValues: {0: ok, "01": "no"}\n'
        "    sampleInterval: null\n"
        '  "00123": {}\n'
        "items:\n"
        '  "#1":\n'
        "    visible: false\n"
    )
