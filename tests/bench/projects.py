"""Projects of any size, the same bytes each time."""

from collections.abc import Iterator
from pathlib import Path

_SIGNAL = """\
  area-{area:02}/pump-{number:05}/value:
    name: Pump {number} discharge pressure
    description: Discharge pressure of pump {number}, measured at the flange of the outlet line.
    labels:
      site: [Havnevik]
      area: [Area {area}]
      equipment: [Pump {number}]
      measurement: [pressure]
      criticality: [high]
    annotations:
      acme/plc: plc-{area}
      acme/address: DB{area}.DBD{number}
      acme/loop: "{number}"
    engUnit: bar
    sourceType: measurement
    valueType: numeric
    sampleInterval: PT10S
    gapDetection: PT5M
"""


def write_project(folder: Path, signals: int, *, per_file: int) -> None:
    """Write a project of so many signals, split into manifests."""
    (folder / "manifests").mkdir(parents=True)
    settings = "version: 1\nproject: bench\nintegrations: [site]\n"
    (folder / "syncer.yaml").write_text(settings, encoding="utf-8")
    for start in range(0, signals, per_file):
        text = "".join(_signals(start, min(start + per_file, signals)))
        path = folder / "manifests" / f"part-{start:06}.yaml"
        path.write_text(f"signals:\n{text}", encoding="utf-8")


def _signals(start: int, stop: int) -> Iterator[str]:
    return (_SIGNAL.format(number=number, area=number % 50) for number in range(start, stop))
