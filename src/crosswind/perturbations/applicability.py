"""Which perturbation keeps the labels of which task, as a table.

A: the label is kept by construction. B: it is kept with high probability. C: nobody vouches for it, so the score is
diagnostic and never averaged. No cell: the perturbation does not apply.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from crosswind.catalog import suggestion
from crosswind.languages import LANGUAGES

Validity = Literal["A", "B", "C"]

QUESTION_ANSWERING = ("xquad", "mlqa", "tydiqa")
RETRIEVAL = ("tatoeba", "lareqa", "mewslix", "bucc")
ROLES = ("nli", "pawsx", "copa", "pos", "ner", *QUESTION_ANSWERING, *RETRIEVAL)

CHARACTER_TOKENS = frozenset({"Hans", "Hant", "Hani", "Jpan", "Thai"})


@dataclass(frozen=True, slots=True)
class Cell:
    """One perturbation on one task: its class up to `vouched`, C above, and the scripts that it leaves out.

    `fields` are the fields it may change, all of them where none is named.
    """

    validity: Validity
    fields: tuple[str, ...] = ()
    vouched: int = 5
    not_in: frozenset[str] = frozenset()
    note: str = ""


def row(cell: Cell, **others: Cell) -> Mapping[str, Cell]:
    """A cell for every role, the same but for the fields of its format, and `others` in place of it."""
    cells = dict.fromkeys(ROLES, cell)
    cells |= dict.fromkeys(QUESTION_ANSWERING, replace(cell, fields=("question", "context")))
    cells |= dict.fromkeys(RETRIEVAL, replace(cell, fields=("query",)))
    cells["mewslix"] = replace(cell, fields=("left", "mention", "right"))
    return cells | others


PARALLEL = ("nli", "pawsx", "copa", "xquad", "mlqa")  # test sets whose items are there in every language

CHARACTER_NOISE = row(
    Cell("B"),
    copa=Cell("B", vouched=3, note="sentences of a few words"),
    ner=Cell("B", not_in=CHARACTER_TOKENS, note="tokens are single characters there: noise would replace whole tokens"),
)

TABLE: Mapping[str, Mapping[str, Cell]] = {
    "typo_edit": CHARACTER_NOISE,
    "case": row(
        Cell("A"),
        pos=Cell("B", note="capitals are evidence for proper nouns"),
        ner=Cell("B", note="capitals are evidence for names"),
        mewslix=Cell("B", ("left", "mention", "right"), note="capitals are evidence for entities"),
    ),
    "xling_pair": dict.fromkeys(PARALLEL, Cell("A")),
}

SCRIPTS: Mapping[str, frozenset[str]] = {"case": frozenset({"Latn", "Cyrl", "Grek"})}


def validity(perturbation: str, role: str, language: str, level: int) -> Validity | None:
    """The class of a perturbation at a level, or None where it does not apply.

    `perturbation` is a catalogue name or a label with a variant; `language` is a code of languages.py or an ISO 15924
    script. A language that is neither is taken to have a script that everything applies to.
    """
    script = LANGUAGES[language].script if language in LANGUAGES else language
    found = cell(perturbation, role)
    if found is None or script in found.not_in or not has_script(perturbation, script):
        return None
    return found.validity if level <= found.vouched else "C"


def cell(perturbation: str, role: str) -> Cell | None:
    """The table's cell; C for a class from outside the tree, which no one here vouches for."""
    if role not in ROLES:
        raise ValueError(f"{role!r} is not a role of a task{suggestion(role, ROLES)}")
    name = perturbation.partition(":")[0]
    if name in TABLE:
        return TABLE[name].get(role)
    if ":" in perturbation:
        return Cell("C", note="from outside the tree")
    raise ValueError(f"{perturbation!r} has no row in the table of applicability{suggestion(perturbation, TABLE)}")


def has_script(perturbation: str, script: str) -> bool:
    """Whether a perturbation can change words of a script."""
    scripts = SCRIPTS.get(perturbation.partition(":")[0])
    return scripts is None or script in scripts or not is_script(script)


def is_script(text: str) -> bool:
    """Whether a text looks like an ISO 15924 code."""
    return len(text) == 4 and text.isalpha() and text.istitle()
