"""Writing down what was refused, for every key that a refused write named.

In: the parameters as they came, and what is to be said. Out: ledger entries.
"""

from dataclasses import replace

from syncer.emulator.database import StoreError
from syncer.emulator.jsontext import JsonObject, JsonValue
from syncer.emulator.records import LedgerEntry
from syncer.emulator.store import Store

LONGEST_TEXT = 2000
_MOST_KEYS = 1000


def record_refusal(
    store: Store, params: JsonObject | list[JsonValue], refusal: LedgerEntry
) -> None:
    """Append the refusal once per key, in a transaction of its own."""
    # A request without readable keys is one refusal all the same.
    keys = _find_keys(params)[:_MOST_KEYS] or [""]
    cut = replace(refusal, error=refusal.error[:LONGEST_TEXT])
    try:
        with store.transaction():
            store.ledger.append(replace(cut, key=key[:LONGEST_TEXT]) for key in keys)
    except StoreError:
        # The client gets the refusal all the same; there is nowhere to write it down.
        return


def _find_keys(params: JsonObject | list[JsonValue]) -> list[str]:
    members = params if isinstance(params, dict) else {}
    data = members.get("data")
    maps = [members.get(name) for name in ("signalsByInput", "inputs", "itemsBySignal")]
    # API 1.0's example has the series at the top.
    maps.append(data.get("series") if isinstance(data, dict) else members.get("series"))
    return [key for found in maps if isinstance(found, dict) for key in found]
