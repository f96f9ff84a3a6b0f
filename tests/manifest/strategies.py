"""Texts and values for the laws of reading manifests."""

from hypothesis import strategies as st

# What has broken YAML readers: control, bidi, invisible and combining characters, and indicators.
NASTY = (
    "\0\x07\t\n\r\x1b\x7f\x85\xa0\xad\u034f\u061c\u200b\u200e\u2028\u202e\u2066\u3164\ufeff"
    "\ufffe\U000e0041\U000f0000\U0001f600é\u0301\u0131\u07c0\u017f=-?:#&*!|>%@`'\"[]{},~<ab01.\\"
)
_WORDS = ["name", "signals", "NO", "~", "012", "1.10", ".nan", "<<", "- ", ": ", "? ", "\n  ", "\n"]
_WORDS += ["&a ", "*a", "!!int ", "%YAML 1.1\n", "---\n", "...\n", "{", "}", "[", "]", '"', "'"]
_WORDS += ["# ", "\\x41", "\\e", "|\n", ">-\n", "enumValues:\n  1: a\n"]

yaml_texts = st.lists(st.sampled_from(_WORDS) | st.text(NASTY, max_size=4), max_size=25).map(
    "".join
)

keys = st.text("abcXYZ0189_-/.:", min_size=1, max_size=8)
texts = st.text(min_size=0, max_size=12)
signals = st.fixed_dictionaries(
    {},
    optional={
        "name": st.text("abc æ", min_size=1, max_size=8),
        "engUnit": st.sampled_from(["bar", "kPa", ""]),
        "labels": st.dictionaries(st.sampled_from("abc"), st.lists(st.text("xy", max_size=3))),
        "annotations": st.dictionaries(st.sampled_from("abc"), st.text("xy", max_size=3)),
        "enumValues": st.dictionaries(st.sampled_from("0123"), st.sampled_from("xyz")),
        "gapDetection": st.sampled_from(["PT1M", None]),
    },
)
