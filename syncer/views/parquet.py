"""Data as Parquet: times in UTC to the microsecond, and a column of floats for each series.

In: a `FrameTable`. Out: the bytes of a file. It needs pyarrow, which syncer does not install.
"""

import importlib

from syncer.errors import Misuse
from syncer.views.frames import FrameTable


def frame_parquet(table: FrameTable) -> bytes:
    """Return the file; names and units are its columns' metadata. Raises Misuse (DAT-PYARROW)."""
    try:
        arrow = importlib.import_module("pyarrow")
        parquet = importlib.import_module("pyarrow.parquet")
    except ImportError:
        raise Misuse.of(
            "DAT-PYARROW",
            "writing Parquet needs pyarrow, which is not installed",
            hint="pip install pyarrow, or write CSV or JSON",
        ) from None
    moments = arrow.array(table.times, type=arrow.timestamp("us", tz="UTC"))
    fields, columns = [arrow.field("time", moments.type)], [moments]
    for key, values in table.series.items():
        about = table.about(key)
        told = {"name": about.name, "engUnit": about.unit}
        fields.append(arrow.field(key, arrow.float64(), metadata=told))
        floats = [None if value is None else float(value) for value in values]
        columns.append(arrow.array(floats, type=arrow.float64()))
    buffer = arrow.BufferOutputStream()
    parquet.write_table(arrow.table(columns, schema=arrow.schema(fields)), buffer)
    content: bytes = buffer.getvalue().to_pybytes()
    return content
