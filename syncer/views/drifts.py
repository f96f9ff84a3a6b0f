"""What changed outside, as text, JSON and Markdown; equal drift of several is one entry."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from syncer.plan.changes import AttributeChange, Mover
from syncer.plan.drift import Drift, Drifted, Outside, Pending
from syncer.sinks import code_span, json_text, markdown, terminal
from syncer.views.base import SHOWN
from syncer.views.findings import as_document, one_line
from syncer.views.values import edit, shown

T = TypeVar("T")

DRIFT_FORMATS: Final = ("text", "json", "markdown")
_VERSION: Final = "1.0"
_DRIFT: Final = "Somebody changed these in Clarify since syncer last applied them."
_PENDING: Final = "Git has these, and Clarify has not yet."


def write_drift(outside: Outside, form: str, *, verbose: bool) -> str:
    """Return the drift in this format, ending in a newline."""
    if form == "json":
        return drifts_json(outside)
    write = drifts_markdown if form == "markdown" else drifts_text
    return write(outside, verbose=verbose)


def drifts_text(outside: Outside, *, verbose: bool) -> str:
    """Return the drift as text: an entry for each resource or equal drift, then what is pending."""
    target = outside.target
    where = f"{terminal(target.environment)} at {terminal(target.origin)}"
    lines = [f"Environment {where}: {_story(outside)}"]
    groups = _folded(outside.drifts)
    lines += [f"\nDrift. {_DRIFT}"] if groups else []
    for group in _some(groups, verbose):
        lines.append(f"  ! {terminal(_title(group))}{_told(_updates(group), '  ')}")
        names = [drifted.change.name for drifted in group[0].fields]
        width = max(map(len, names))
        lines += [
            f"      {terminal(name):<{width}}  {_edit(drifted)}{_told(_git(drifted), '  ')}"
            for name, drifted in zip(names, group[0].fields, strict=True)
        ]
        if verbose and len(group) > 1:
            lines += [f"      - {terminal(str(d.address))}{_told(_update(d), '  ')}" for d in group]
    lines += _more(groups, verbose, "    ... and {} more (-v lists them)")
    lines += [f"\nPending. {_PENDING}"] if outside.pending else []
    lines += [f"  {_pending(each)}" for each in _some(outside.pending, verbose)]
    lines += _more(outside.pending, verbose, "    ... and {} more (-v lists them)")
    lines += [f"\n{line}" for line in map(one_line, outside.refusals)]
    return "\n".join((*lines, f"\n{_summary(outside)}\n"))


def drifts_markdown(outside: Outside, *, verbose: bool) -> str:
    """Return the drift as GitHub-flavoured Markdown in which no untrusted text is active."""
    target = outside.target
    where = f"{markdown(target.environment)} at {markdown(target.origin)}"
    lines = [f"<!-- syncer-drift -->\n### syncer drift: {_story(outside)}\n\nEnvironment {where}"]
    groups = _folded(outside.drifts)
    lines += [f"\n#### Drift\n\n{_DRIFT}\n"] if groups else []
    for group in _some(groups, verbose):
        title = markdown(_title(group)) if len(group) == 1 else _title(group)
        told = _updates(group)
        lines.append(f"- {title}" + (f" ({code_span(told)})" if told else ""))
        for drifted in group[0].fields:
            git = _git(drifted)
            lines.append(
                f"  - {markdown(drifted.change.name)} {code_span(_edit(drifted))}"
                + (f" {code_span(git)}" if git else "")
            )
        if verbose and len(group) > 1:
            lines += [f"  - {markdown(str(drift.address))}" for drift in group]
    lines += _more(groups, verbose, "- ... and {} more")
    lines += [f"\n#### Pending\n\n{_PENDING}\n"] if outside.pending else []
    lines += [f"- {code_span(_pending(each))}" for each in _some(outside.pending, verbose)]
    lines += _more(outside.pending, verbose, "- ... and {} more")
    lines += [f"\n- {code_span(one_line(finding))}" for finding in outside.refusals]
    return "\n".join((*lines, f"\n**{_summary(outside)}**\n"))


def drifts_json(outside: Outside) -> str:
    """Return every drifted field and every pending resource as a JSON object."""
    return json_text(
        {
            "format_version": _VERSION,
            "environment": outside.target.environment,
            "origin": outside.target.origin,
            "drifts": [_document(drift) for drift in outside.drifts],
            "pending": [
                {
                    "address": str(each.address),
                    "action": each.word,
                    "fields": list(each.names),
                    "reason": each.reason,
                }
                for each in outside.pending
            ],
            "refusals": list(map(as_document, outside.refusals)),
            "summary": {
                "resources": len(outside.drifts),
                "fields": _count_fields(outside),
                "pending": len(outside.pending),
            },
        }
    )


# -- drift


def _folded(drifts: Sequence[Drift]) -> list[list[Drift]]:
    """Return the drifts, equal ones of one kind together, in the order of their first addresses."""
    alike: dict[str, list[Drift]] = {}
    for drift in drifts:
        edits = [{**_field(drifted), "source": None} for drifted in drift.fields]
        alike.setdefault(json.dumps([drift.address.kind, edits], sort_keys=True), []).append(drift)
    return list(alike.values())


def _before_and_after(drifted: Drifted) -> AttributeChange:
    """Return the field with the base before, and live state after."""
    return replace(drifted.change, before=drifted.base, after=drifted.change.before)


def _title(group: Sequence[Drift]) -> str:
    if len(group) == 1:
        return str(group[0].address)
    return f"{len(group)} {group[0].address.kind}"


def _edit(drifted: Drifted) -> str:
    """Return what happened: `"USD" -> "EUR"`."""
    if drifted.is_known:
        return edit(_before_and_after(drifted), is_new=False)
    return f"something else -> {_plain(drifted.change, drifted.change.before)}"


def _git(drifted: Drifted) -> str:
    """Return what Git wants, where Git moved too."""
    change = drifted.change
    if change.mover is not Mover.BOTH:
        return ""
    return f"(Git moved too: {_plain(change, change.after)})"


def _plain(change: AttributeChange, value: object) -> str:
    is_absent = len(change.path) > 1 and not value
    return "none" if is_absent else shown(value)


def _update(drift: Drift) -> str:
    by = f" by {terminal(drift.updated_by)}" if drift.updated_by else ""
    return f"updated {terminal(drift.updated)}{by}" if drift.updated else ""


def _updates(group: Sequence[Drift]) -> str:
    """Return when the resource was updated, or when the first and the last of several were."""
    if len(group) == 1:
        return _update(group[0])
    times = sorted(drift.updated for drift in group if drift.updated)
    return f"updated {terminal(times[0])} to {terminal(times[-1])}" if times else ""


def _told(text: str, before: str) -> str:
    return before + text if text else ""


# -- the rest


def _pending(each: Pending) -> str:
    names = ", ".join(map(terminal, each.names[:3]))
    more = len(each.names) - 3
    names += f" and {more} more" if more > 0 else ""
    return "  ".join(
        filter(None, (each.word, terminal(str(each.address)), names, terminal(each.reason)))
    )


def _story(outside: Outside) -> str:
    fields, resources = _count_fields(outside), len(outside.drifts)
    told = f"{_counted(fields, 'field')} of {_counted(resources, 'resource')} drifted"
    pending = f", {len(outside.pending)} pending" if outside.pending else ""
    return (told if fields else "no drift") + pending


def _summary(outside: Outside) -> str:
    if outside.refusals:
        return "The drift could not be told in full."
    if outside.drifts:
        return f"{_story(outside)}. `syncer pull` keeps the drift, `syncer apply` sets it back."
    return "No drift. Nobody changed what syncer applied."


def _count_fields(outside: Outside) -> int:
    return sum(len(drift.fields) for drift in outside.drifts)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _some(entries: Sequence[T], verbose: bool) -> Sequence[T]:
    return entries if verbose else entries[:SHOWN]


def _more(entries: Sequence[object], verbose: bool, words: str) -> Iterator[str]:
    if len(entries) > SHOWN and not verbose:
        yield words.format(len(entries) - SHOWN)


def _document(drift: Drift) -> dict[str, object]:
    return {
        "address": str(drift.address),
        "updated_at": drift.updated or None,
        "updated_by": drift.updated_by or None,
        "fields": [_field(drifted) for drifted in drift.fields],
    }


def _field(drifted: Drifted) -> dict[str, object]:
    change, place = drifted.change, drifted.change.location
    return {
        "field": change.name,
        "moved": change.mover.value,
        "base": drifted.base,
        "base_known": drifted.is_known,
        "base_hash": drifted.hash,
        "live": change.before,
        "git": change.after,
        "source": None
        if place is None
        else {"file": place.file, "line": place.line, "column": place.column},
    }
