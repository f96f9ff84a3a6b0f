"""Random YAML as people write it: any indentation, every style, comments, anchors and aliases."""

from dataclasses import dataclass, field
from typing import Final

from hypothesis import strategies as st

from syncer.manifest.characters import BIDI, CONTROL
from syncer.manifest.quoting import quote
from tests.property.strategies import NASTY

NASTY_READ: Final = tuple(each for each in NASTY if not (CONTROL.match(each) or BIDI.match(each)))
WORDS: Final = (
    *("NO", "no", "Yes", "on", "off", "y", "null", "~", "012", "0o17", "0x1F", "1_000", "1e3"),
    *("1.10", "1:30", "2024-01-01", "=", "-", "?", ":", "#", "a: b", "a #b", "- a", "'", '"'),
    *(
        ": x",
        "",
        " ",
        " a",
        "a ",
        "a\\",
        "\\n",
        ":0",
        "-0",
        "?a",
        "[a]",
        "{a",
        "&a",
        "*a",
        "!a",
        "|",
        ">-",
        "%a",
    ),
    *("@a", "`a`", "a\nb", "a\n\nb\n", "\n", "\n a", "  a\n b\n", "a \n", "---", "...", "°C"),
    *("\U0001f34c", "m\u00b3/h", "e\u0301", "\u00a0", "a" * 120, "a b " * 40),
)
nasty_texts = st.sampled_from(WORDS) | st.text(st.sampled_from(NASTY_READ), max_size=8)
names = st.sampled_from(("a", "b/1", "c:x.y", "d#+_-", "NO", "00123", "e f", "°"))
comments = st.sampled_from(("# c", "#", "# a: b", "# - 'x", "#!", "# [", '# "', "# | ", "# ::x"))


@dataclass
class _Writer:
    """Draws one text."""

    draw: st.DrawFn
    anchors: list[str] = field(default_factory=list)
    named: int = 0

    def chance(self, of: int) -> bool:
        return self.draw(st.integers(1, of)) == 1

    def end(self) -> str:
        """The end of a line, and perhaps further ones without content."""
        blank = self.draw(st.sampled_from(("", "", "", " ", "\t")))
        if self.chance(5):
            blank = self.draw(st.sampled_from((" ", "   "))) + self.draw(comments)
        more = ""
        while self.chance(6):
            more += " " * self.draw(st.integers(0, 6))
            more += (self.draw(comments) if self.chance(2) else "") + "\n"
        return blank + "\n" + more

    def plain_end(self) -> str:
        """The end of a line behind which an indented comment would be content."""
        return "\n"

    def space(self) -> str:
        return self.draw(st.sampled_from((" ", " ", " ", "  ", "   ")))

    def key(self) -> str:
        name = self.draw(names)
        if name in ("d#+_-", "e f", "°") or self.chance(6):
            return self.draw(st.sampled_from((f"'{name}'", quote(name))))
        return name

    def anchor(self) -> str:
        if self.chance(12):
            self.named += 1
            self.anchors.append(f"n{self.named}")
            return f"&n{self.named} "
        return ""

    def flow_scalar(self, *, in_flow: bool) -> str:
        if self.anchors and self.chance(8):
            return "*" + self.draw(st.sampled_from(self.anchors)) + (" " if in_flow else "")
        text = self.draw(nasty_texts)
        style = self.draw(st.sampled_from(("plain", "single", "double", "number")))
        if style == "number":
            return self.draw(
                st.sampled_from(("1", "true", "null", "1.10", "-3", "NO", "1_000", "word", "a b"))
            )
        if style == "single" and "\n" not in text:
            return "'" + text.replace("'", "''") + "'"
        if style == "plain" and text.isalnum() and text.isascii():
            return text
        return quote(text)

    def flow(self, depth: int, indent: str) -> str:
        if depth == 0 or self.chance(2):
            return self.flow_scalar(in_flow=True)
        count = self.draw(st.integers(0, 3))
        gap = self.draw(st.sampled_from(("", " ", " ", f"\n{indent}", f"  # c, d\n{indent}  ")))
        if self.chance(2):
            keys = dict.fromkeys(self.key().strip("'\"") for _ in range(count))
            parts = [f"{quote(key)}:{self.space()}{self.flow(depth - 1, indent)}" for key in keys]
            opening, closing = "{}"
        else:
            parts = [self.flow(depth - 1, indent) for _ in range(count)]
            opening, closing = "[]"
        comma = self.draw(st.sampled_from((", ", ",  ", " , ", f",\n{indent}")))
        return opening + gap + comma.join(parts) + gap + closing

    def block_scalar(self, indent: int) -> str:
        """A literal or folded text; lines may be empty, or begin with blanks."""
        lines = self.draw(
            st.lists(st.sampled_from(("a", "b c", "", "  x", "# no", "- a: b", "   ")), min_size=1)
        )
        deeper = self.draw(st.integers(1, 4))
        leads = next((line for line in lines if line.strip()), "").startswith(" ")
        digit = str(deeper) if leads or lines[0].isspace() or self.chance(6) else ""
        if not any(line.strip() for line in lines):
            digit = str(deeper)
        header = (
            self.draw(st.sampled_from("|>")) + digit + self.draw(st.sampled_from(("", "-", "+")))
        )
        if self.chance(6):
            header += " # header"
        text = "".join(f"{' ' * (indent + deeper)}{line}".rstrip("\n") + "\n" for line in lines)
        return f"{header}\n{text}"

    def several_lines(self, indent: int) -> str:
        pad = "\n" + " " * (indent + self.draw(st.integers(1, 4)))
        blank = self.draw(st.sampled_from(("", "", "\n")))
        quotes = self.draw(st.sampled_from(("", '"', "'")))
        words = ["one", "two \\", "three  "] if quotes == '"' else ["one", "two", "three"]
        return quotes + (blank + pad).join(words) + quotes

    def value(self, depth: int, indent: int) -> str:
        """What stands behind `key:` or `-`, its line's end included."""
        choice = self.draw(st.integers(0, 9 if depth else 5))
        pad = " " * (indent + 1)
        anchor = self.anchor()
        if choice == 0:
            return self.space() + anchor + self.block_scalar(indent)
        if choice == 1:
            return self.space() + anchor + self.several_lines(indent) + self.end()
        if choice == 2:
            return (" " + anchor if anchor else "") + self.end()
        if choice in (3, 4, 5):
            if anchor or self.chance(4):
                flow = self.flow(2, pad)
                flow = "word" if anchor and flow.startswith("*") else flow
                if self.chance(4):
                    return (
                        (" " + anchor.rstrip() if anchor else "")
                        + self.end()
                        + pad
                        + flow
                        + self.end()
                    )
                return self.space() + anchor + flow + self.end()
            return self.space() + self.flow_scalar(in_flow=False) + self.end()
        deeper = indent + self.draw(st.integers(1, 4))
        return (" " + anchor if anchor else "") + self.end() + self.block(depth - 1, deeper, indent)

    def block(self, depth: int, indent: int, parent: int) -> str:
        if self.chance(2):
            indentless = max(parent, 0) if self.chance(2) and parent >= 0 else indent
            return self.list(depth, indentless if self.in_mapping else indent)
        return self.mapping(depth, indent)

    in_mapping: bool = False

    def mapping(self, depth: int, indent: int, first: str = "") -> str:
        keys = list(
            dict.fromkeys(self.key().strip("'\"") for _ in range(self.draw(st.integers(1, 3))))
        )
        text = ""
        for index, key in enumerate(keys):
            pad = "" if index == 0 and first else " " * indent
            shown = key if key in ("a", "b/1", "NO", "00123") and self.chance(2) else quote(key)
            self.in_mapping = True
            text += (
                pad
                + shown
                + self.draw(st.sampled_from((":", ":", " :")))
                + self.value(depth, indent)
            )
        return first + text

    def list(self, depth: int, indent: int) -> str:
        text = ""
        for _ in range(self.draw(st.integers(1, 3))):
            space = self.space()
            self.in_mapping = False
            if depth and self.chance(3):
                dash = "-" + space
                inner = self.mapping(depth - 1, indent + len(dash), dash)
                text += " " * indent + inner
            else:
                text += " " * indent + "-" + self.value(depth, indent)
        return text


@st.composite
def documents(draw: st.DrawFn) -> str:
    """The text of a mapping of mappings, which a reader may still refuse."""
    writer = _Writer(draw)
    begin = draw(st.sampled_from(("", "", "---\n", "\n\n", "# first\n\n\n", "--- # c\n")))
    end = draw(st.sampled_from(("", "", "...\n", "\n\n\n", "# last", "  # last\n")))
    text = begin + writer.mapping(3, 0) + end
    if draw(st.integers(1, 5)) == 1:
        text = text.replace("\n", "\r\n")
    return text
