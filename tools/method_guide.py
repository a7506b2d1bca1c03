"""Writes docs/methods.md: what every objective minimises, what every method trains, by which paper, and their settings.

Names, settings and what is said of them come from the code; equations and papers from tools/method_guide/, a file for
each entry of the catalogue. What a study may set beside the two has a chapter in tools/method_guide/beside/. Run it
again when any of them changes; a test compares.

    python -m tools.method_guide
"""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from crosswind import catalog
from crosswind.identity import Record

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "docs" / "methods.md"
PIECES = ROOT / "tools" / "method_guide"
CHAPTERS = {"objectives": "Objectives", "methods": "Methods"}


def main() -> None:
    TARGET.write_text(guide(), encoding="utf-8")
    print(TARGET)


def guide() -> str:
    """The whole page."""
    lines = [piece("introduction"), ""]
    for family, title in CHAPTERS.items():
        lines += [f"# {title}", ""]
        for name in catalog.FAMILIES[family]:
            lines += section(family, name)
    for path in sorted((PIECES / "beside").glob("*.md")):
        lines += [path.read_text(encoding="utf-8").rstrip(), ""]
    refuse_strays()
    return "\n".join(lines).rstrip() + "\n"


def section(family: str, name: str) -> Iterator[str]:
    """One entry: what it is, its equation and its paper, its settings."""
    cls = catalog.load(family, name)
    assert issubclass(cls, Record)
    yield f"## {name}"
    yield ""
    yield from paragraphs(cls)
    yield told(family, name)
    yield ""
    yield from settings(cls)


def paragraphs(cls: type) -> Iterator[str]:
    """The docstrings of the module and of the class, with line ends where paragraphs end."""
    for text in (inspect.getdoc(inspect.getmodule(cls)), inspect.getdoc(cls)):
        for paragraph in (text or "").split("\n\n"):
            yield paragraph if paragraph.startswith("    ") else " ".join(paragraph.split())
            yield ""


def told(family: str, name: str) -> str:
    """An entry's equation and paper; raises ValueError where they are missing."""
    text = piece(f"{family}/{name}")
    if not re.search(r"^ {4}\S", text, re.MULTILINE) or not re.search(r"^Papers?: \S", text, re.MULTILINE):
        raise ValueError(
            f"tools/method_guide/{family}/{name}.md needs an equation (lines indented by four spaces) and a line that "
            "begins with 'Paper:'"
        )
    return text


def piece(name: str) -> str:
    """A file of the guide's own; raises ValueError where it is missing."""
    path = PIECES / f"{name}.md"
    if not path.exists():
        raise ValueError(
            f"{name} is in the catalogue, but tools/method_guide/{name}.md is not there: write its equation "
            "(indented by four spaces), its paper (a line that begins with 'Paper:'), and what is different here"
        )
    return path.read_text(encoding="utf-8").rstrip()


def refuse_strays() -> None:
    """Say which files are about nothing."""
    there = {f"{path.parent.name}/{path.stem}" for family in CHAPTERS for path in (PIECES / family).glob("*.md")}
    strays = there - {f"{family}/{name}" for family in CHAPTERS for name in catalog.FAMILIES[family]}
    if strays:
        raise ValueError(
            f"tools/method_guide: {', '.join(sorted(strays))} are in no family of the catalogue; remove them"
        )


def settings(cls: type[Record]) -> Iterator[str]:
    """The fields of a record with what they take, their default and their meaning."""
    if not cls.model_fields:
        yield "No settings."
        yield ""
        return
    yield "| setting | takes | default | |"
    yield "|---|---|---|---|"
    for name, field in cls.model_fields.items():
        if not field.description:
            raise ValueError(f"{cls.__name__}.{name} has no description; give its Field one")
        yield f"| `{name}` | {taken(field)} | {default(field)} | {field.description} |"
    yield ""


def taken(field: FieldInfo) -> str:
    """What a field takes, in words."""
    bounds = [
        sign + str(getattr(rule, key)) for rule in field.metadata for key, sign in SIGNS.items() if hasattr(rule, key)
    ]
    return " ".join([spoken(field.annotation), *bounds])


SIGNS = {"gt": "> ", "ge": "≥ ", "lt": "< ", "le": "≤ "}
WORDS = {int: "whole number", float: "number", str: "name", bool: "true, false"}


def spoken(kind: Any) -> str:
    """A type in words."""
    if kind in WORDS:
        return WORDS[kind]
    if get_origin(kind) is Literal:
        return ", ".join(get_args(kind))
    if isinstance(kind, UnionType):
        return spoken(next(each for each in get_args(kind) if each is not NoneType))
    if get_origin(kind) is tuple:
        return f"list of {spoken(get_args(kind)[0])}s"
    if isinstance(kind, type) and issubclass(kind, Record):
        return "table"
    return "table" if get_origin(kind) is not None else str(kind)


def default(field: FieldInfo) -> str:
    """A default as a study would write it."""
    if field.is_required():
        return "must be given"
    match field.get_default(call_default_factory=True):
        case None:
            return "unset"
        case bool() as value:
            return str(value).lower()
        case str() as value:
            return value
        case tuple() | dict() as value if not value:
            return "none"
        case int() | float() as value:
            return f"{value:g}"
        case value:
            return str(value)


if __name__ == "__main__":
    main()
