"""What came of an insert, as text or JSON."""

from syncer.samples.outcome import Inserted
from syncer.sinks import json_text, terminal

_SHOWN = 10


def inserted_text(done: Inserted) -> str:
    """Return what was inserted, what was sent twice, and what is missing; ending in a newline."""
    lines = []
    if done.created:
        keys = sorted(done.created)
        more = f" and {len(keys) - _SHOWN} more" if len(keys) > _SHOWN else ""
        shown = ", ".join(map(terminal, keys[:_SHOWN]))
        lines.append(f"Created {_plural(len(keys), 'signal')}: {shown}{more}")
    if done.before:
        lines.append(f"Accepted by the interrupted insert, and not sent again: {done.before}")
    if done.resent:
        lines.append(f"Sent again, as nobody knew whether they had been accepted: {done.resent}")
    if done.unknown:
        lines.append(f"Sent, and nobody knows whether they were accepted: {done.unknown}")
    if done.unsent:
        lines.append(f"Not inserted: {done.unsent}")
    told = f"{_plural(done.accepted, 'value')} of {_plural(done.signals, 'signal')}"
    lines.append(f"Inserted {told} in {_plural(done.requests, 'request')}.")
    return "\n".join(lines) + "\n"


def inserted_json(done: Inserted) -> str:
    """Return the same as a JSON object; numbers are of values, but for signals and requests."""
    document = {
        "values": done.total,
        "signals": done.signals,
        "requests": done.requests,
        "accepted": done.accepted,
        "accepted_before": done.before,
        "resent": done.resent,
        "unknown": done.unknown,
        "unsent": done.unsent,
        "created": sorted(done.created),
    }
    return json_text(document)


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
