"""Writes this example: 1 000 signals and 600 items of a plant, over three integrations.

    python examples/plant/generate.py

The same program gives the same files. They are ordinary manifests afterwards: edit them, or the
tables below.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

HERE = Path(__file__).parent
SIGNALS, ITEMS = 1000, 600


@dataclass(frozen=True)
class Measurement:
    """What an instrument measures: the first letters of its tag say it (ISA 5.1)."""

    letters: str
    what: str
    unit: str
    interval: str
    published: bool
    states: tuple[str, ...] = ()


PRESSURE = Measurement("PT", "pressure", "bar", "PT10S", published=True)
TEMPERATURE = Measurement("TT", "temperature", "°C", "PT10S", published=True)
FLOW = Measurement("FT", "flow", "m3/h", "PT10S", published=True)
LEVEL = Measurement("LT", "level", "%", "PT30S", published=True)
POSITION = Measurement("ZT", "valve position", "%", "PT10S", published=False)
CURRENT = Measurement("IT", "motor current", "A", "PT10S", published=False)
VIBRATION = Measurement("VT", "vibration", "mm/s", "PT1M", published=True)
POWER = Measurement("JT", "power", "kW", "PT1M", published=True)
ACIDITY = Measurement("AT", "acidity", "pH", "PT1M", published=True)
RUNNING = Measurement(
    "XS", "state", "", "PT10S", published=True, states=("stopped", "running", "tripped")
)
MODE = Measurement(
    "HS", "mode", "", "PT1M", published=False, states=("manual", "automatic", "cascade")
)


@dataclass(frozen=True)
class Unit:
    """A kind of equipment, how many there are, and what is measured on each."""

    name: str
    count: int
    measurements: tuple[Measurement, ...]


@dataclass(frozen=True)
class Area:
    """A part of the plant: one manifest, loop numbers from `first_loop` up."""

    integration: str
    name: str
    title: str
    first_loop: int
    units: tuple[Unit, ...]


PUMP = (RUNNING, CURRENT, PRESSURE, VIBRATION, MODE)
COLUMN = (PRESSURE, TEMPERATURE, TEMPERATURE, LEVEL, FLOW, POSITION, MODE)
TANK = (LEVEL, TEMPERATURE, PRESSURE)
EXCHANGER = (TEMPERATURE, TEMPERATURE, FLOW, POSITION)
REACTOR = (PRESSURE, TEMPERATURE, TEMPERATURE, FLOW, ACIDITY, POSITION, MODE, RUNNING)
BOILER = (PRESSURE, TEMPERATURE, FLOW, LEVEL, POWER, RUNNING, MODE)
COMPRESSOR = (RUNNING, CURRENT, PRESSURE, TEMPERATURE, VIBRATION, POWER)

AREAS = (
    Area("dcs", "feed", "Feed preparation", 1000, (
        Unit("Feed pump", 16, PUMP), Unit("Feed tank", 16, TANK),
        Unit("Preheater", 12, EXCHANGER),
    )),
    Area("dcs", "reaction", "Reaction", 2000, (
        Unit("Reactor", 16, REACTOR), Unit("Circulation pump", 16, PUMP),
        Unit("Cooler", 12, EXCHANGER),
    )),
    Area("dcs", "distillation", "Distillation", 3000, (
        Unit("Column", 14, COLUMN), Unit("Reflux pump", 14, PUMP),
        Unit("Reboiler", 14, EXCHANGER),
    )),
    Area("utilities", "steam", "Steam and condensate", 5000, (
        Unit("Boiler", 6, BOILER), Unit("Condensate pump", 8, PUMP), Unit("Water tank", 6, TANK),
    )),
    Area("utilities", "air", "Compressed air and cooling", 6000, (
        Unit("Compressor", 8, COMPRESSOR), Unit("Cooling pump", 10, PUMP),
        Unit("Cooling exchanger", 4, EXCHANGER),
    )),
    Area("tankfarm", "storage", "Storage", 8000, (
        Unit("Transfer pump", 7, PUMP), Unit("Storage tank", 60, TANK),
    )),
)  # fmt: skip


@dataclass(frozen=True)
class Tag:
    """One instrument."""

    area: Area
    equipment: str
    measurement: Measurement
    loop: int

    @property
    def key(self) -> str:
        """The tag: what is measured, and the number of the loop."""
        return f"{self.measurement.letters}-{self.loop}"


def tags() -> Iterator[Tag]:
    """Yield every instrument of the plant, in the order of areas and equipment."""
    for area in AREAS:
        loop = area.first_loop
        for unit in area.units:
            for number in range(1, unit.count + 1):
                for measurement in unit.measurements:
                    loop += 1
                    yield Tag(area, f"{unit.name} {number}", measurement, loop)


def signal(tag: Tag) -> CommentedMap:
    """Return what a manifest says of an instrument's signal."""
    measured = tag.measurement
    fields = CommentedMap(name=f"{tag.equipment} {measured.what}")
    if measured.unit:
        fields["engUnit"] = text(measured.unit)
    if measured.states:
        fields["valueType"] = "enum"
        fields["enumValues"] = CommentedMap(enumerate(measured.states))
    fields["labels"] = flow(equipment=[tag.equipment], measurement=[measured.what])
    if measured.interval != "PT10S":
        fields["sampleInterval"] = measured.interval
    return fields


def item(tag: Tag) -> CommentedMap:
    """Return what a manifest says of the item: its name tells the tag too."""
    return CommentedMap(name=f"{tag.key} {tag.equipment} {tag.measurement.what}")


def text(value: str) -> str:
    """Return the value, quoted when YAML would read more into it."""
    return value if value.isascii() and value != "%" else DoubleQuotedScalarString(value)


def flow(**entries: object) -> CommentedMap:
    """Return a map that is written on one line."""
    mapping = CommentedMap(entries)
    mapping.fa.set_flow_style()
    return mapping


def manifest(area: Area, signals: list[Tag], items: list[Tag]) -> CommentedMap:
    """Return one area's manifest."""
    document = CommentedMap(integration=area.integration)
    document["defaults"] = CommentedMap(
        signals=CommentedMap(labels=flow(area=[area.title])),
        items=CommentedMap(labels=flow(area=[area.title])),
    )
    document["signals"] = CommentedMap((tag.key, signal(tag)) for tag in signals)
    document["items"] = CommentedMap((tag.key, item(tag)) for tag in items)
    return document


def write(path: Path, document: CommentedMap, comment: str) -> None:
    """Write the document as block YAML under a comment."""
    yaml = YAML()
    yaml.width = 100
    stream = StringIO()
    yaml.dump(document, stream)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"# {comment}\n{stream.getvalue()}", encoding="utf-8")


def main() -> None:
    """Write all manifests and say how much they hold."""
    instruments = list(tags())[:SIGNALS]
    worth = [tag for tag in instruments if tag.measurement.published]
    published = [worth[number * len(worth) // ITEMS] for number in range(ITEMS)]
    for area in AREAS:
        signals = [tag for tag in instruments if tag.area is area]
        items = [tag for tag in published if tag.area is area]
        path = HERE / "manifests" / area.integration / f"{area.name}.yaml"
        write(path, manifest(area, signals, items), f"{area.title}. Written by generate.py.")
        print(f"{path.relative_to(HERE)}: {len(signals)} signals, {len(items)} items")
    print(f"in all: {len(instruments)} signals, {len(published)} items")


if __name__ == "__main__":
    main()
