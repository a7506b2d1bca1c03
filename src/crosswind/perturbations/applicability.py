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

    `fields` are the fields it may change, all of them where none is named; `variants` the only ones of it that apply,
    all where none is named.
    """

    validity: Validity
    fields: tuple[str, ...] = ()
    vouched: int = 5
    not_in: frozenset[str] = frozenset()
    note: str = ""
    variants: tuple[str, ...] = ()


def row(cell: Cell, **others: Cell) -> Mapping[str, Cell]:
    """A cell for every role, the same but for the fields of its format, and `others` in place of it."""
    cells = dict.fromkeys(ROLES, cell)
    cells |= dict.fromkeys(QUESTION_ANSWERING, replace(cell, fields=("question", "context")))
    cells |= dict.fromkeys(RETRIEVAL, replace(cell, fields=("query",)))
    cells["mewslix"] = replace(cell, fields=("left", "mention", "right"))
    return cells | others


PARALLEL = ("nli", "pawsx", "copa", "xquad", "mlqa")  # test sets whose items are there in every language
QUESTION = ("question",)
MENTION = ("left", "mention", "right")

CHARACTER_NOISE = row(
    Cell("B"),
    copa=Cell("B", vouched=3, note="sentences of a few words"),
    ner=Cell("B", not_in=CHARACTER_TOKENS, note="tokens are single characters there: noise would replace whole tokens"),
)


def without(cells: Mapping[str, Cell], *roles: str) -> Mapping[str, Cell]:
    """The cells less those of some roles."""
    return {role: cell for role, cell in cells.items() if role not in roles}


MEANING_KEPT = row(Cell("A"))
DISTRACTED = {
    **row(Cell("A", note="a distractor holds no right answer")),
    "pos": Cell("A", note="appended tokens are not scored"),
    "ner": Cell("A", note="appended tokens are not scored"),
    **dict.fromkeys(QUESTION_ANSWERING, Cell("A", ("context",), note="sentences of other articles")),
}

TABLE: Mapping[str, Mapping[str, Cell]] = {
    "typo_key": CHARACTER_NOISE,
    "typo_edit": CHARACTER_NOISE,
    "typo_native": CHARACTER_NOISE,
    "diacritics": row(Cell("B")),
    "case": row(
        Cell("A"),
        pos=Cell("B", note="capitals are evidence for proper nouns"),
        ner=Cell("B", note="capitals are evidence for names"),
        mewslix=Cell("B", MENTION, note="capitals are evidence for entities"),
    ),
    "homoglyph": MEANING_KEPT,
    "invisible": MEANING_KEPT,
    "digits": MEANING_KEPT,
    "punct": row(
        Cell("A"),
        pos=Cell("A", variants=("swap",), note="a token of punctuation may not be emptied, only exchanged"),
        ner=Cell("A", variants=("swap",), note="a token of punctuation may not be emptied, only exchanged"),
        **dict.fromkeys(QUESTION_ANSWERING, Cell("A", ("question", "context"), note="B in the context")),
    ),
    "space": without(row(Cell("B")), "pos", "ner"),
    "romanize": row(Cell("B")),
    "codemix": {
        **dict.fromkeys(("nli", "copa"), Cell("B")),
        "pawsx": Cell("B", note="aligned phrases only: names and order carry the label"),
        **dict.fromkeys(("pos", "ner"), Cell("C", note="a word in another language may be another part of speech")),
        "xquad": Cell("B", QUESTION),
        "mlqa": Cell("B", QUESTION),
        "lareqa": Cell("B", ("query",)),
        "tydiqa": Cell("C", QUESTION, note="no parallel version, so words of a dictionary"),
        "tatoeba": Cell("C", ("query",), note="the translation is the label, so words of a dictionary"),
        "bucc": Cell("C", ("query",), note="the translation is the label, so words of a dictionary"),
    },
    "xling_pair": dict.fromkeys(PARALLEL, Cell("A")),
    "distract": without(DISTRACTED, "mewslix"),
    "entity_swap": {
        "nli": Cell("B", note="the same exchange in both texts"),
        "ner": Cell("A", note="names of the same type, tags and all"),
    },
    "shuffle_local": without(
        row(Cell("C", note="what survives a shuffle shows how little order counts")), "pawsx", "ner", "bucc"
    ),
}

SCRIPTS: Mapping[str, frozenset[str]] = {
    "case": frozenset({"Latn", "Cyrl", "Grek"}),
    "diacritics": frozenset({"Latn", "Cyrl", "Grek", "Arab", "Hebr"}),
    "diacritics:add": frozenset({"Arab", "Hebr"}),
    "diacritics:digraphs": frozenset({"Latn"}),
    "homoglyph": frozenset({"Latn", "Cyrl", "Grek", "Telu", "Thai", "Mlym", "Taml", "Jpan"}),
    "homoglyph:within": frozenset({"Arab"}),
    "digits": frozenset({"Arab", "Deva", "Beng", "Gujr", "Guru", "Mlym", "Mymr", "Taml", "Telu", "Thai"}),
    "digits:wide": frozenset({"Hans", "Hant", "Hani", "Jpan", "Kore"}),
    "romanize": frozenset(
        {"Cyrl", "Grek", "Arab", "Hebr", "Deva", "Beng", "Gujr", "Guru", "Mlym", "Mymr", "Taml", "Telu", "Thai"}
        | {"Geor", "Kore", "Hang", "Jpan", "Hans", "Hant", "Hani"}
    ),
}


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
    scripts = SCRIPTS.get(perturbation, SCRIPTS.get(perturbation.partition(":")[0]))
    return scripts is None or script in scripts or not is_script(script)


def is_script(text: str) -> bool:
    """Whether a text looks like an ISO 15924 code."""
    return len(text) == 4 and text.isalpha() and text.istitle()
