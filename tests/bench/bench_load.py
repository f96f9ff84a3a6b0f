"""How long loading takes, as ratios to orjson parsing the same data; run by hand.

    python tests/bench/bench_load.py [signals]

Prints one line per layout: a single manifest with all signals, and one manifest per signal for a
tenth of them. Garbage collection is off, as in the command line.
"""

import gc
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import orjson

from syncer.manifest.limits import Limits
from syncer.manifest.load import load
from syncer.manifest.reading import scan

_ROUNDS = 5
_PROJECT = "version: 1\nproject: bench\nintegrations: [plant]\n"


def _signal(number: int) -> dict[str, object]:
    area, unit = number % 17, number % 5
    signal: dict[str, object] = {
        "name": f"Pump {number} discharge pressure",
        "description": f"Discharge pressure of pump {number} in area {area}, "
        "measured behind the non-return valve, before the branch to the cooler.",
        "labels": {
            "site": ["Bergen"],
            "area": [f"area-{area}"],
            "system": ["cooling water", "utility"],
            "criticality": ["high" if number % 3 else "low"],
            "data-source": ["historian"],
        },
        "annotations": {
            "acme/plc": f"plc-{number % 40}",
            "acme/tag": f"20-PT-{number:06d}",
            "acme/opc-node": f"ns=2;s=Plant.Area{area}.Pump{number}.PV",
        },
        "sourceType": "measurement",
        "valueType": "enum" if unit == 0 else "numeric",
        "sampleInterval": "PT1M",
        "gapDetection": "PT15M",
    }
    if unit == 0:
        signal["enumValues"] = {"0": "stopped", "1": "running", "2": "tripped"}
    else:
        signal["engUnit"] = ("bar", "kPa", "degC", "m3/h")[unit - 1]
    return signal


def _yaml(signals: dict[str, dict[str, object]]) -> str:
    lines = ["signals:"]
    for key, signal in signals.items():
        lines.append(f"  {key}:")
        for field, value in signal.items():
            if isinstance(value, dict):
                lines.append(f"    {field}:")
                lines += [f"      {name}: {_inline(entry)}" for name, entry in value.items()]
            else:
                lines.append(f"    {field}: {value}")
    return "\n".join(lines) + "\n"


def _inline(entry: object) -> str:
    return f"[{', '.join(entry)}]" if isinstance(entry, list) else str(entry)


def _median(work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(_ROUNDS):
        gc.collect()
        start = time.process_time()
        result = work()
        seconds.append(time.process_time() - start)
        del result
    return statistics.median(seconds)


def main() -> None:
    """Print the ratios."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    signals = {f"area-{n % 17}/pump-{n}/pressure": _signal(n) for n in range(count)}
    gc.disable()
    with tempfile.TemporaryDirectory() as folder:
        _measure(Path(folder) / "one", signals, files=1)
        few = dict(list(signals.items())[: count // 10])
        _measure(Path(folder) / "many", few, files=len(few))


def _measure(root: Path, signals: dict[str, dict[str, object]], *, files: int) -> None:
    (root / "manifests").mkdir(parents=True)
    (root / "syncer.yaml").write_text(_PROJECT)
    entries = list(signals.items())
    size = len(entries) // files
    for number in range(files):
        part = dict(entries[number * size : (number + 1) * size])
        (root / f"manifests/m{number:06d}.yaml").write_text(_yaml(part))
    texts = [path.read_bytes() for path in sorted((root / "manifests").iterdir())]
    json = orjson.dumps({"signals": signals})
    loaded = load(root, Limits())
    assert not list(loaded.diagnostics), list(loaded.diagnostics)[:3]
    assert len(loaded.desired.resources) == len(signals)
    del loaded
    floor = _median(lambda: orjson.loads(json))
    scanned = _median(lambda: [scan("m.yaml", text, Limits()) for text in texts])
    whole = _median(lambda: load(root, Limits()))
    print(
        f"{len(signals)} signals in {files} files, {sum(map(len, texts)) / 1e6:.1f} MB:"
        f" orjson {floor:.4f} s, scan {scanned:.3f} s = {scanned / floor:.1f}x,"
        f" load {whole:.3f} s = {whole / floor:.1f}x"
    )


if __name__ == "__main__":
    main()
