"""Resource ids: 20 characters that sort by time of creation (github.com/rs/xid).

In: the last number given out and the time. Out: a larger number, and its text.
"""

ID_PATTERN = r"[a-v0-9]{20}"

_ALPHABET = "0123456789abcdefghijklmnopqrstuv"
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}
_SECONDS_SHIFT = 64
_MICROSECONDS = 1_000_000


def next_number(last: int, now: int) -> int:
    """Return a number above the last one, led by the time in microseconds."""
    return max(last + 1, (now // _MICROSECONDS) << _SECONDS_SHIFT)


def write_id(number: int) -> str:
    """Return the 20 characters of a 96-bit number."""
    padded = number << 4
    return "".join(_ALPHABET[padded >> shift & 31] for shift in range(95, -1, -5))


def read_id(text: str) -> int:
    """Return the number that `write_id` made the text of."""
    number = 0
    for character in text:
        number = number << 5 | _VALUES[character]
    return number >> 4
