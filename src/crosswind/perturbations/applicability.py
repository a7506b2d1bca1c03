"""Which perturbation keeps the labels of which task, as a table.

A: the label is kept by construction. B: it is kept with high probability. C: nobody vouches for it, so the score is
diagnostic and never averaged. No cell: the perturbation does not apply.

A language goes by its code and its script: a constructed or described one has a script and no code of the table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

from crosswind.catalog import suggestion
from crosswind.languages import LANGUAGES

Validity = Literal["A", "B", "C"]

QUESTION_ANSWERING = ("xquad", "mlqa", "tydiqa")
RETRIEVAL = ("tatoeba", "lareqa", "mewslix", "bucc")
RAW = "raw"  # text without labels, whose own words are guessed
ROLES = ("nli", "pawsx", "copa", "pos", "ner", *QUESTION_ANSWERING, *RETRIEVAL, RAW)

AUDITED = 3  # a level above is class B on its author's word alone, until a sheet of an audit says more
CHARACTER_TOKENS = frozenset({"ja", "th", "zh"})  # as WikiANN has them


@dataclass(frozen=True, slots=True)
class Cell:
    """One perturbation on one task: its class up to level `vouched`, C above, and the languages that it leaves out.

    `fields` are the fields it may change, all of them where none is named; `by_field` their class where it is another
    than `validity`. `variants` are the only ones of it that apply, all where none is named.
    """

    validity: Validity
    fields: tuple[str, ...] = ()
    vouched: int = 5
    not_in: frozenset[str] = frozenset()
    note: str = ""
    variants: tuple[str, ...] = ()
    by_field: Mapping[str, Validity] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, fields: Sequence[str]) -> Validity:
        """The class where some fields change: that of the field for which least is vouched."""
        return max((self.by_field.get(name, self.validity) for name in fields), default=self.validity)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a perturbation may be put to a task in a language: its class, or None and why not."""

    validity: Validity | None
    reason: str = ""


def row(cell: Cell, **others: Cell) -> Mapping[str, Cell]:
    """A cell for every role, the same but for the fields of its format, and `others` in place of it."""
    cells = dict.fromkeys(ROLES, cell)
    cells |= dict.fromkeys(QUESTION_ANSWERING, replace(cell, fields=("question", "context")))
    cells |= dict.fromkeys(RETRIEVAL, replace(cell, fields=("query",)))
    cells["mewslix"] = replace(cell, fields=("left", "mention", "right"))
    cells[RAW] = replace(cell, validity="C", note="what is guessed is the text itself, so noise is asked for, too")
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
    "recorded": row(Cell("B", note="whoever recorded it vouches for it")),
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
        **dict.fromkeys(QUESTION_ANSWERING, Cell("A", ("question", "context"), by_field={"context": "B"})),
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
    "codeswitch": row(Cell("C", note="a dictionary taken at its word mistakes senses, parts of speech and names")),
    "substitute": row(Cell("B", note="by synonyms that are known to be such; a user's table of near words is class C")),
    "xling_pair": dict.fromkeys(PARALLEL, Cell("A")),
    "distract": without(DISTRACTED, "mewslix", RAW),
    "entity_swap": {
        "nli": Cell("B", note="the same exchange in both texts"),
        "ner": Cell("A", note="names of the same type, tags and all"),
    },
    "shuffle_local": without(
        row(Cell("C", note="what survives a shuffle shows how little order counts")), "pawsx", "ner", "bucc"
    ),
    "word_drop": without(row(Cell("C", note="any word may be the one that counts")), "pawsx", "pos", "ner", "bucc"),
}

SCRIPTS: Mapping[str, frozenset[str]] = {
    "case": frozenset({"Latn", "Cyrl", "Grek"}),
    "diacritics": frozenset({"Latn", "Cyrl", "Grek", "Arab", "Hebr"}),
    "diacritics:add": frozenset({"Arab", "Hebr"}),
    "diacritics:digraphs": frozenset({"Latn"}),
    "homoglyph": frozenset({"Latn", "Cyrl", "Grek", "Telu", "Thai", "Mlym", "Taml", "Jpan"}),
    "homoglyph:within": frozenset({"Arab"}),
    "digits": frozenset({"Arab", "Deva", "Beng", "Gujr", "Guru", "Mlym", "Mymr", "Taml", "Telu", "Thai"}),
    "digits:wide": frozenset({"Hans", "Hant", "Hani", "Jpan", "Kore", "Hang"}),
    "romanize": frozenset(
        {"Cyrl", "Grek", "Arab", "Hebr", "Deva", "Beng", "Gujr", "Guru", "Mlym", "Mymr", "Taml", "Telu", "Thai"}
        | {"Geor", "Kore", "Hang", "Jpan", "Hans", "Hant", "Hani"}
    ),
}


# The highest level at which a language keeps its label; by code, since it hangs on spelling and not on script.
VOUCHED: Mapping[str, Mapping[str, int]] = {
    "romanize": dict.fromkeys(("ar", "fa", "ur", "he", "zh", "ja"), 4),  # vowels or homophones are lost
    "diacritics": dict.fromkeys(("vi", "yo"), 4),  # what is left has several readings
}

# What every script knows, so that a mean over these is over the same changes in all languages.
COMMON_CORE = frozenset(
    {"typo_key", "typo_edit", "typo_native", "invisible:vs", "punct", "space", "codemix", "distract"}
)


def judged(perturbation: str, role: str, language: str, script: str, level: int, fields: Sequence[str] = ()) -> Verdict:
    """What the table says of a perturbation, by its label, at a level; `fields` are those that it is set to change."""
    found = cell(perturbation, role)
    if found is None:
        return Verdict(None, f"the table of applicability has no {name_of(perturbation)} for tasks of role {role}")
    if beyond := [name for name in fields if found.fields and name not in found.fields]:
        return Verdict(None, f"it may change {' and '.join(found.fields)} alone, not {' and '.join(beyond)}")
    if found.variants and perturbation.partition(":")[2] not in found.variants:
        named = " or ".join(f"{name_of(perturbation)}:{variant}" for variant in found.variants)
        return Verdict(None, f"{found.note}: only {named} does that")
    if language in found.not_in:
        return Verdict(None, found.note)
    if not has_script(perturbation, script):
        return Verdict(None, f"it changes nothing in script {script}")
    vouched = min(found.vouched, VOUCHED.get(name_of(perturbation), {}).get(language, found.vouched))
    return Verdict(found.of(fields or found.fields) if level <= vouched else "C")


def validity(perturbation: str, role: str, language: str, level: int) -> Validity | None:
    """The class of a perturbation at a level, or None where it does not apply.

    `perturbation` is a catalogue name or a label with a variant; `language` is a code of languages.py or an ISO 15924
    script. A language that is neither is taken to have a script that everything applies to.
    """
    script = LANGUAGES[language].script if language in LANGUAGES else language
    return judged(perturbation, role, language, script, level).validity


def cell(perturbation: str, role: str) -> Cell | None:
    """The table's cell; C for a class from outside the tree, which no one here vouches for."""
    if role not in ROLES:
        raise ValueError(f"{role!r} is not a role of a task{suggestion(role, ROLES)}")
    name = name_of(perturbation)
    if name in TABLE:
        return TABLE[name].get(role)
    if ":" in perturbation:
        return Cell("C", note="from outside the tree")
    raise ValueError(f"{perturbation!r} has no row in the table of applicability{suggestion(perturbation, TABLE)}")


def name_of(perturbation: str) -> str:
    """The catalogue's name in a label."""
    return perturbation.partition(":")[0]


def has_script(perturbation: str, script: str) -> bool:
    """Whether a perturbation can change words of a script."""
    scripts = SCRIPTS.get(perturbation, SCRIPTS.get(name_of(perturbation)))
    return scripts is None or script in scripts or not is_script(script)


def is_script(text: str) -> bool:
    """Whether a text looks like an ISO 15924 code."""
    return len(text) == 4 and text.isalpha() and text.istitle()


def in_common_core(perturbation: str, role: str) -> bool:
    """Whether a perturbation, by its label, belongs to headline means of tasks of a role.

    It does whichever languages it mixes, and so does the one variant that suits a role in the place of the usual one.
    """
    own, variant = cell(perturbation, role), perturbation.partition(":")[2]
    stands_in = own is not None and own.variants == (variant,) and name_of(perturbation) in COMMON_CORE
    return perturbation in COMMON_CORE or name_of(perturbation) == "codemix" or stands_in
