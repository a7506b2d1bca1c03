"""The generated tables that ship with the package: JSON files, each a body and where it came from."""

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any


@cache
def file_of(name: str) -> Mapping[str, Any]:
    """The whole file of a table: `meta` with source, licence and the sha256 of the body, and `body`."""
    text = (resources.files("crosswind") / "resources" / f"{name}.json").read_text("ascii")
    return json.loads(text)  # type: ignore[no-any-return]


def table(name: str) -> Mapping[str, Any]:
    """The body of a table."""
    return file_of(name)["body"]  # type: ignore[no-any-return]
