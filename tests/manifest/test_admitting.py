import pytest

from syncer.manifest.admitting import refusal
from syncer.manifest.limits import Limits
from syncer.resources import FieldPath

LIMITS = Limits()


@pytest.mark.parametrize(
    ("kind", "path", "value"),
    [
        ("signals", ("name",), 'A "name"\\, NO: # °'),
        ("signals", ("description",), "a\nb\n"),
        ("signals", ("sampleInterval",), None),
        ("items", ("visible",), False),
        ("items", ("labels", "site"), ["Pier", ""]),
        ("signals", ("labels", "0"), []),
        ("signals", ("annotations", "a/b"), ""),
        ("signals", ("enumValues",), {"0": "ok", "1": "on fire"}),
        ("signals", ("name",), "soft\u00adhyphen"),  # a warning only
    ],
)
def test_what_a_manifest_may_say_is_admitted(kind: str, path: FieldPath, value: object) -> None:
    assert refusal(kind, path, value, LIMITS) is None


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        (("name",), "bell\x07", "YML-CTRL"),
        (("name",), "a\r", "YML-CTRL"),
        (("name",), "private\ue000", "YML-CTRL"),
        (("labels", "e\x1bvil"), ["x"], "YML-CTRL"),
        (("description",), "\udc80", "YML-SYNTAX"),
        (("name",), "turned\u202e", "YML-BIDI"),
        (("name",), "", "MAN-LENGTH"),
        (("description",), "x" * 2000, "MAN-LENGTH"),
        (("sampleInterval",), "P1M", "MAN-DURATION"),
        (("valueType",), "odd", "MAN-VALUE"),
        (("annotations", "syncer/x"), "y", "MAN-RESERVED"),
        (("labels", "a"), ["\u00e9", "e\u0301"], "MAN-NFC"),
    ],
)
def test_what_no_manifest_may_say_is_refused(path: FieldPath, value: object, code: str) -> None:
    found = refusal("signals", path, value, LIMITS)

    assert found is not None
    assert found.code == code
