"""Regular expressions by Unicode property, which the standard library's `re` does not know."""

import re
from typing import cast

import regex


def pattern(expression: str) -> re.Pattern[str]:
    """The expression, compiled by `regex` under the type of its model in the standard library."""
    return cast("re.Pattern[str]", regex.compile(expression))  # type: ignore[no-untyped-call]


CLUSTER = pattern(r"\X")
LETTER = pattern(r"\p{L}")
MARK = pattern(r"\p{M}")
