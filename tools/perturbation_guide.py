"""Writes docs/perturbations.md: what every perturbation does, to which task, in which class, and a line a script.

Everything in it is taken from the code: docstrings, levels, the table of applicability, and what sampling gives on one
sentence a language. Run it again when any of them changes; a test compares.

    python -m tools.perturbation_guide
"""

import inspect
from collections.abc import Iterator
from pathlib import Path

from tests.perturbations.specimens import PERTURBATIONS, sentence_items

from crosswind import catalog
from crosswind.languages import LANGUAGES
from crosswind.perturbations.applicability import ROLES, TABLE, Cell
from crosswind.perturbations.base import Fixed, Perturbation, Rated
from crosswind.perturbations.sampling import sample
from crosswind.text.item import Item
from crosswind.text.visible import stretches, visible

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "docs" / "perturbations.md"
INTRODUCTION = (ROOT / "tools" / "perturbation_guide.md").read_text(encoding="utf-8")
OTHERS = {"km": "Khmer", "lo": "Lao"}


def main() -> None:
    TARGET.write_text(guide(), encoding="utf-8")
    print(f"{TARGET}: {len(PERTURBATIONS)} perturbations")


def guide() -> str:
    """The whole page."""
    sections = (line for found in PERTURBATIONS for line in section(found))
    return "\n".join([INTRODUCTION.rstrip(), "", *table(), *sections])


def table() -> Iterator[str]:
    """Classes by perturbation and role."""
    yield "## What applies to what"
    yield ""
    yield "| | " + " | ".join(ROLES) + " |"
    yield "|---" * (len(ROLES) + 1) + "|"
    for name, cells in TABLE.items():
        yield f"| {name} | " + " | ".join(classed(cells.get(role)) for role in ROLES) + " |"
    yield ""
    notes = {cell.note: (name, role) for name, cells in TABLE.items() for role, cell in cells.items() if cell.note}
    for note, (name, role) in notes.items():
        yield f"- {name} on {role}: {note}."
    yield ""


def classed(cell: Cell | None) -> str:
    """A class and the level up to which it holds."""
    if cell is None:
        return "–"
    return cell.validity if cell.vouched >= 5 else f"{cell.validity} to level {cell.vouched}, then C"


def section(found: Perturbation) -> Iterator[str]:
    """One perturbation: what it is, how severe it can be, and what it makes of a sentence in every language."""
    yield f"## {found.label}"
    yield ""
    yield from paragraphs(type(found))
    yield f"Family: {found.family}. " + severities(found)
    yield ""
    yield "| language | before | after |"
    yield "|---|---|---|"
    unchanged = []
    for item in sentence_items():
        row = shown(found, item)
        if row:
            yield f"| {spoken(item.uid)} | {row[0]} | {row[1]} |"
        else:
            unchanged.append(spoken(item.uid))
    yield ""
    if unchanged:
        yield f"No change at this level and seed: {', '.join(unchanged)}."
        yield ""


def paragraphs(cls: type) -> Iterator[str]:
    """The docstrings of the module and of the class, with line ends where paragraphs end."""
    for text in (inspect.getdoc(inspect.getmodule(cls)), inspect.getdoc(cls)):
        for paragraph in (text or "").split("\n\n"):
            yield " ".join(paragraph.split())
            yield ""


def severities(found: Perturbation) -> str:
    """The levels in words."""
    if isinstance(found, Rated):
        kinds = "; ".join(
            f"{kind} {', '.join(f'{share:.0%}'.replace('%', ' %') for share in shares)}"
            for kind, shares in found.levels.rates.items()
        )
        return f"Shares of units by level: {kinds}. Core levels: {', '.join(map(str, found.levels.core))}."
    return f"Levels: {', '.join(map(str, found.levels.severities))}."


def shown(found: Perturbation, item: Item) -> tuple[str, str] | None:
    """A sentence before and after, changes in bold; None where nothing happens to it."""
    if not isinstance(found, Rated | Fixed):
        return None
    perturbed = sample(found, item, found.levels.severities[-1], seed=1)
    edits = perturbed.edits["text"]
    if not edits:
        return None
    cut = list(stretches(item.fields["text"].text, edits))
    return (
        "".join(bold(each.before) if each.is_changed else cell(each.before) for each in cut),
        "".join(bold(each.after) if each.is_changed else cell(each.after) for each in cut),
    )


def bold(part: str) -> str:
    return f"<b>{cell(part)}</b>" if part else ""


def cell(part: str) -> str:
    """Text inside a table of Markdown."""
    told = visible(part).replace("&", "&amp;").replace("<", "&lt;").replace("|", "&#124;")
    return "".join(f"&#{ord(sign)};" if sign in "*_`[]\\~" else sign for sign in told)


def spoken(code: str) -> str:
    return LANGUAGES[code].name if code in LANGUAGES else OTHERS.get(code, code)


def catalogued() -> list[str]:
    """Names that have to stand in the guide."""
    return list(catalog.FAMILIES["perturbations"])


if __name__ == "__main__":
    main()
