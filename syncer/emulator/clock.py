"""The machine's clock, for those who compose the service.

In: nothing. Out: the time in microseconds since 1970.
"""

import time


def system_clock() -> int:
    """Return the machine's time in microseconds."""
    return time.time_ns() // 1000
