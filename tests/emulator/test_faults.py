"""Which request meets which fault."""

from syncer.emulator.faults import Faults, Fired, Reset, Rule, Slow, When

SAVE = frozenset({"rpc", "integration.savesignals", "savesignals"})
READ = frozenset({"rpc", "clarify.selectitems"})


def play(faults: Faults, *requests: frozenset[str]) -> list[int | None]:
    """Return the places of the rules that the requests meet."""
    found = [faults.find(names, "name") for names in requests]
    return [None if rule is None else faults.rules.index(rule) for rule in found]


def test_the_nth_matching_request_meets_a_fault_once() -> None:
    faults = Faults((Rule(When.AFTER_EXEC, Reset(), "saveSignals", nth=2),))

    assert play(faults, SAVE, READ, SAVE, SAVE) == [None, None, 0, None]
    assert faults.fired == [Fired(0, "name")]


def test_a_fault_may_last_some_requests_or_all_that_follow() -> None:
    some = Faults((Rule(When.AFTER_EXEC, Reset(), nth=2, times=2),))
    all_ = Faults((Rule(When.AFTER_EXEC, Reset(), nth=2, times=None),))

    assert play(some, *[READ] * 5) == [None, 0, 0, None, None]
    assert play(all_, *[READ] * 5) == [None, 0, 0, 0, 0]


def test_every_rule_counts_though_only_the_first_fires() -> None:
    first = Rule(When.AFTER_EXEC, Reset(), "rpc")
    second = Rule(When.BEFORE_EXEC, Reset(), "saveSignals", nth=2)

    assert play(Faults((first, second)), SAVE, READ, SAVE) == [0, None, 1]


def test_only_what_needs_no_body_is_early() -> None:
    rules = (
        Rule(When.BEFORE_READ, Reset()),
        Rule(When.BEFORE_READ, Reset(), "token"),
        Rule(When.BEFORE_READ, Reset(), "saveSignals"),
        Rule(When.BEFORE_READ, Slow(1)),
        Rule(When.BEFORE_EXEC, Reset()),
    )

    assert [rule.is_early for rule in rules] == [True, True, False, False, False]
    faults = Faults(rules[:1])
    assert faults.find(SAVE, "rpc") is None
    assert faults.find(SAVE, "rpc", early=True) == rules[0]


def test_loading_starts_to_count_anew() -> None:
    rules = (Rule(When.AFTER_EXEC, Reset(), nth=2),)
    faults = Faults(rules)
    play(faults, READ, READ)

    faults.load(rules)

    assert faults.fired == []
    assert play(faults, READ, READ) == [None, 0]
