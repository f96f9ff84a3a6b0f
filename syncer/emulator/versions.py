"""The API versions and what their selectors mean.

In: the text of an X-API-Version header. Out: a `Version`, comparable by age.
Source: docs.clarify.io/api/1.1beta2/protocol/versioning.
"""

from collections.abc import Mapping
from enum import IntEnum

UNKNOWN_VERSION_TEXT = "Version matching X-API-Version header not found"
DEFAULT_SELECTOR = "1.1"


class Version(IntEnum):
    """An API version; older ones are smaller."""

    V1_0 = 0
    V1_1_BETA1 = 1
    V1_1_BETA2 = 2
    V1_1 = 3
    V1_2_BETA1 = 4
    V1_2 = 5


SELECTORS: Mapping[str, Version] = {
    "1.0": Version.V1_0,
    "1.1beta1": Version.V1_1_BETA1,
    "1.1beta2": Version.V1_1_BETA2,
    "1.1rc1": Version.V1_1,
    "1.1": Version.V1_1,
    "1.2alpha1": Version.V1_2_BETA1,
    "1.2beta1": Version.V1_2_BETA1,
    "1.2": Version.V1_2,
}
