"""Sheets on which speakers of a language say whether a change kept the label and the text readable.

Fifty items for each perturbation and language: half at the middle level, half at the top, or all at the top where there
is one level, the same items in every language, by rank. A sheet is a CSV for spreadsheets and a page for reading.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import jinja2

from crosswind.perturbations.draws import rank
from crosswind.text.edits import Edit
from crosswind.text.visible import Stretch, stretches, visible

ITEMS = 50
BYTE_ORDER_MARK = "\ufeff"  # without it spreadsheets take the file for another encoding
FORMULA = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True)
class Part:
    """One field of an item with its edits."""

    name: str
    text: str
    edits: tuple[Edit, ...]

    @property
    def stretches(self) -> list[Stretch]:
        return list(stretches(self.text, self.edits))


@dataclass(frozen=True, slots=True)
class Question:
    """One line of a sheet, before anyone has filled it in: an item, clean and perturbed."""

    perturbation: str
    dataset: str
    language: str
    level: int
    id: str
    parts: tuple[Part, ...]
    label: str
    validity: str

    @property
    def clean(self) -> str:
        return told((part.name, part.text) for part in self.parts)

    @property
    def perturbed(self) -> str:
        return told((part.name, "".join(each.after for each in part.stretches)) for part in self.parts)

    @property
    def cells(self) -> tuple[str, ...]:
        """What the sheet says of it, column by column."""
        place = (self.perturbation, self.dataset, self.language, str(self.level), self.id)
        return (*place, self.clean, self.perturbed, self.label, self.validity)


COLUMNS = ("perturbation", "dataset", "language", "level", "id", "clean", "perturbed", "label", "class")
ANSWERS = ("same_label (yes/no/unsure)", "readable (1-5)", "annotator", "note")


def told(parts: Iterable[tuple[str, str]]) -> str:
    """Fields as lines with their names; a single one needs no name."""
    lines = [(name, visible(text)) for name, text in parts]
    return lines[0][1] if len(lines) == 1 else "\n".join(f"{name}: {text}" for name, text in lines)


def audited_levels(existing: Sequence[int]) -> tuple[int, ...]:
    """The two levels that are shown, the middle and the top one; the only one where there is one."""
    return tuple(dict.fromkeys((existing[len(existing) // 2], existing[-1])))


def chosen(dataset: str, split: str, uids: Iterable[str], count: int) -> list[str]:
    """The `count` items of lowest rank, which are the same for every perturbation and language."""
    return sorted(uids, key=lambda uid: (rank(dataset, split, uid), uid))[:count]


def sheet(questions: Sequence[Question]) -> str:
    """The questions as CSV, with columns for the answers."""
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\r\n")
    writer.writerow((*COLUMNS, *ANSWERS))
    for each in questions:
        writer.writerow((*map(harmless, each.cells), *[""] * len(ANSWERS)))
    return BYTE_ORDER_MARK + held.getvalue()


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def page(title: str, questions: Sequence[Question], names: Mapping[str, str]) -> str:
    """The questions as one page that opens from disk, changes marked; `names` are those of the languages."""
    columns, answers = list(COLUMNS), list(ANSWERS)
    return template().render(
        title=title, questions=questions, names=names, visible=visible, columns=columns, answers=answers
    )


@cache
def template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("crosswind.gauntlet"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
    )
    return environment.get_template("audit.html")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What filled sheets say of one perturbation in one language: how many answered, and how many said yes."""

    perturbation: str
    dataset: str
    language: str
    answered: int
    same: int


def verdicts(text: str, place: str) -> list[Verdict]:
    """A filled sheet counted; unsure is no yes, an empty answer is none. Raises ValueError for what is no answer."""
    counts: dict[tuple[str, str, str], list[int]] = {}
    reader = csv.DictReader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK)))
    if reader.fieldnames is None or ANSWERS[0] not in reader.fieldnames:
        raise ValueError(f"{place}: has no column {ANSWERS[0]!r}; expected a sheet that crosswind has written")
    for row in reader:
        answer = (row[ANSWERS[0]] or "").strip().lower()
        if answer not in {"", "yes", "no", "unsure"}:
            raise ValueError(f"{place}:{reader.line_num}: the answer is {answer!r}; expected yes, no or unsure")
        if answer:
            key = row["perturbation"], row["dataset"], row["language"]
            count = counts.setdefault(key, [0, 0])
            count[0] += 1
            count[1] += answer == "yes"
    return [Verdict(*key, answered, same) for key, (answered, same) in counts.items()]
