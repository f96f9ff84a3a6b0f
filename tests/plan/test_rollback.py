"""Taking back a run: what it changed and nobody has changed since, and nothing else."""

from dataclasses import replace

from syncer.kinds import Action
from syncer.plan import planfile, rollback
from syncer.plan.changes import Mover, NoteKind, Plan
from syncer.plan.rollback import Deed
from syncer.providers.clarify.kinds import KINDS
from syncer.resources import BASE_ANNOTATION, DesiredState, Lifecycle, LiveState
from tests.plan.worlds import (
    PROJECT,
    TARGET,
    applied,
    edited,
    edits,
    found,
    have,
    item,
    movers,
    plan,
    signal,
    want,
    wanted,
)

BEFORE = wanted(want(signal(), engUnit="bar", labels={"site": ["Pier"]}, name="Pump"))
AFTER = wanted(want(signal(), engUnit="kPa", labels={"site": ["Quay"]}, name="Pump"))


def deeds(made: Plan) -> tuple[Deed, ...]:
    return tuple(
        Deed(c.address, c.action, tuple((a.path, a.before, a.after) for a in c.attributes))
        for c in made.changes
    )


def back(did: Plan, desired: DesiredState, live: LiveState) -> Plan:
    return rollback.plan(deeds(did), desired, live, KINDS, TARGET, "run-1")


def run() -> tuple[Plan, LiveState]:
    """Return an update that was made, and what is live after it."""
    live = applied(BEFORE, found())
    return plan(AFTER, live), applied(AFTER, live)


def test_an_update_is_taken_back_field_by_field() -> None:
    did, live = run()

    undone = back(did, AFTER, live)

    assert edits(undone) == {
        "signals/pier/a": {
            "engUnit": ("kPa", "bar"),
            "labels.site": (["Quay"], ["Pier"]),
        }
    }
    assert undone.undoes == "run-1"
    assert undone.changes[0].action is Action.UPDATE
    assert undone.changes[0].after["labels"] == {"site": ["Pier"]}
    assert undone.changes[0].has_meaning
    assert planfile.loads(planfile.dumps(undone)).undoes == "run-1"


def test_a_rollback_starts_from_the_apis_spelling_so_that_its_file_can_be_read() -> None:
    after = wanted(want(signal(), sampleInterval="PT900S", labels={"site": ["b", "a"]}))
    did, live = plan(after, found(have(signal()))), found(have(signal()))
    spelled = edited(
        applied(after, live), signal(), sampleInterval="PT15M", labels={"site": ["a", "b"]}
    )

    undone = back(did, after, spelled)

    assert edits(undone)["signals/pier/a"] == {
        "labels.site": (["a", "b"], None),
        "sampleInterval": ("PT15M", None),
    }
    assert planfile.loads(planfile.dumps(undone)) == undone


def test_what_git_still_declares_is_said_and_is_an_update_afterwards() -> None:
    did, live = run()
    undone = back(did, AFTER, live)

    told = [(w.code, w.summary.rpartition(" ")[2]) for w in undone.warnings]
    assert told == [("PLN-STILL-DECLARED", "engUnit"), ("PLN-STILL-DECLARED", "labels.site")]

    change = undone.changes[0]
    restored = LiveState({change.address: replace(live.resources[signal()], fields=change.after)})
    assert movers(plan(AFTER, restored)) == {"engUnit": Mover.GIT, "labels.site": Mover.GIT}
    assert plan(BEFORE, restored).changes == ()


def test_what_git_still_declares_unset_removed_or_followed_is_said() -> None:
    signals = have(signal(), engUnit="kPa")
    before = wanted(
        want(signal(), gapDetection="PT15M", labels={"site": ["Pier"]}), want(item(), engUnit="bar")
    )
    after = wanted(
        want(signal(), gapDetection=None, labels={}), want(item(), follow=["engUnit", "name"])
    )
    live = applied(before, found(signals))
    undone = back(plan(after, live), after, applied(after, live))

    told = [w.summary.replace("the manifests still declare ", "") for w in undone.warnings]
    assert told == [
        "items/pier/a: engUnit",
        "signals/pier/a: labels.site",
        "signals/pier/a: gapDetection",
    ]


def test_nothing_is_said_of_what_follows_a_signal_that_goes_back_too() -> None:
    before = wanted(want(signal(), engUnit="bar"), want(item(), follow=["engUnit"]))
    after = wanted(want(signal(), engUnit="kPa"), want(item(), follow=["engUnit"]))
    live = applied(before, found(have(signal())))
    undone = back(plan(after, live), after, applied(after, live))

    assert len(undone.changes) == 2
    assert [w.summary.partition(":")[0] for w in undone.warnings] == ["signals/pier/a"]


def test_nothing_is_said_of_what_git_declares_no_more() -> None:
    did, live = run()

    assert back(did, BEFORE, live).warnings == ()
    assert back(did, wanted(want(signal(), name="Pump")), live).warnings == ()
    assert back(did, wanted(), live).warnings == ()


def test_a_field_that_changed_since_stays() -> None:
    did, live = run()
    live = edited(live, signal(), engUnit="psi")

    undone = back(did, AFTER, live)

    assert edits(undone) == {"signals/pier/a": {"labels.site": (["Quay"], ["Pier"])}}
    assert undone.changes[0].after["engUnit"] == "psi"
    assert [(n.kind, n.reason) for n in undone.notes] == [
        (NoteKind.SKIP, "engUnit changed since, and stays")
    ]


def test_nothing_is_said_of_what_was_taken_back_or_never_made() -> None:
    did, _ = run()
    live = edited(applied(BEFORE, found()), signal(), labels={"site": ["Attic"]})

    undone = back(did, AFTER, live)

    assert undone.changes == ()
    assert [n.reason for n in undone.notes] == ["labels.site changed since, and stays"]
    assert back(did, AFTER, applied(BEFORE, found())).notes == ()


def test_a_resource_of_which_everything_changed_since_stays() -> None:
    did, live = run()
    live = edited(live, signal(), engUnit="psi", labels={"site": []})

    undone = back(did, AFTER, live)

    assert undone.changes == ()
    assert undone.notes[0].reason == "engUnit, labels.site changed since, and stays"


def test_unmanaged_fields_and_keys_are_carried_through() -> None:
    did, live = run()
    live = edited(live, signal(), description="theirs", annotations={"acme/x": "1"})

    after = back(did, AFTER, live).changes[0].after

    assert after["description"] == "theirs"
    assert isinstance(after["annotations"], dict)
    assert after["annotations"]["acme/x"] == "1"
    assert "engUnit=" in after["annotations"][BASE_ANNOTATION]


def test_a_key_that_the_run_added_goes_and_one_that_it_removed_returns() -> None:
    live = applied(wanted(want(signal(), labels={"old": ["x"]})), found())
    desired = wanted(want(signal(), labels={"old": [], "new": ["y"]}))
    did = plan(desired, live)

    undone = back(did, desired, applied(desired, live))

    assert undone.changes[0].after["labels"] == {"old": ["x"]}


def test_a_create_and_an_adoption_cannot_be_undone() -> None:
    created = plan(BEFORE, found())
    adopted = (Deed(item(), Action.ADOPT, ()),)
    live = applied(BEFORE, found())

    undone = rollback.plan((*deeds(created), *adopted), BEFORE, live, KINDS, TARGET, "r")

    assert undone.changes == ()
    assert [note.reason for note in undone.notes] == [
        "was adopted, and keeps its marker",
        "was created, and a create cannot be undone",
    ]


def test_a_retired_item_is_shown_again() -> None:
    live = found(have(signal()), have(item(), owner=PROJECT, visible=False))
    deed = Deed(item(), Action.RETIRE, ((("visible",), True, False),))

    undone = rollback.plan([deed], wanted(), live, KINDS, TARGET, "r")

    assert edits(undone) == {"items/pier/a": {"visible": (False, True)}}


def test_what_others_own_now_and_what_is_gone_is_noted() -> None:
    did, live = run()
    taken = LiveState({signal(): replace(live.resources[signal()], owner="yacht")})

    (theirs,) = back(did, AFTER, taken).notes
    (gone,) = back(did, AFTER, found()).notes

    assert (theirs.owner, theirs.reason) == ("yacht", "belongs to yacht")
    assert (gone.owner, gone.reason) == ("", "is not in Clarify any more")


def test_lifecycles_do_not_matter_to_what_a_run_did() -> None:
    live = applied(BEFORE, found())
    did, live = plan(AFTER, live), applied(AFTER, live)
    observed = wanted(want(signal(), Lifecycle(ignore=frozenset({"engUnit"})), engUnit="kPa"))

    assert "engUnit" in edits(back(did, observed, live))["signals/pier/a"]
