"""Pocket's languages: each a record of dials, chosen so that single dials can be told apart.

Where two languages differ in one dial only, comparing them is comparing that dial: dormeli and taruvik (overlap),
taruvik and zhelnik (script), zhelnik and brudnar (word order), taruvik and quenzo (resources). navtesh has text but no
sentence pairs; gvarubi has almost no text either and is there to fail.

More languages need no registration, because a name can say all there is to know: "taruvik~order=SOV" is taruvik with
one dial turned and every word kept, "murnaki~overlap=0.2,script=Grek" a new language with words of its own.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from crosswind import catalog

Order = Literal["SVO", "SOV", "VSO"]
Side = Literal["before", "after"]
Morphology = Literal["none", "suffixing", "compounding"]


class PocketLanguage(BaseModel):
    """One constructed language.

    `script` is an ISO 15924 code. `adjective` is the side of its noun that an adjective stands on, `adposition` the
    side of its noun phrase (before: prepositions). `overlap` is the share of concepts whose word is the pivot's.
    `names` says whether people's names stay in Latin letters. `resource` and `pairs` are the text and the sentence
    pairs with the pivot that the encoder's pre-training sees, as shares of what the pivot has.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    name: str
    script: Literal["Latn", "Cyrl", "Grek", "Arab", "Hebr", "Deva", "Thai", "Geor", "Hang", "Hani"]
    order: Order = "SVO"
    adjective: Side = "before"
    adposition: Side = "before"
    overlap: float = Field(default=0.0, ge=0.0, le=1.0)
    morphology: Morphology = "none"
    spaced: bool = True
    names: Literal["shared", "transliterated"] = "transliterated"
    resource: float = Field(default=0.6, gt=0.0, le=1.0)
    pairs: float = Field(default=0.6, ge=0.0, le=1.0)

    @property
    def root(self) -> str:
        """The stock of words that the language draws on."""
        return self.code.partition(TURN)[0]


TURN = "~"
DIALS = tuple(name for name in PocketLanguage.model_fields if name not in {"code", "name"})

TABLE = (
    PocketLanguage(code="solvane", name="Solvane", script="Latn", overlap=1.0, names="shared", resource=1.0, pairs=1.0),
    PocketLanguage(code="dormeli", name="Dormeli", script="Latn", overlap=0.4, names="shared"),
    PocketLanguage(code="taruvik", name="Taruvik", script="Latn", names="shared"),
    PocketLanguage(code="quenzo", name="Quenzo", script="Latn", names="shared", resource=0.1, pairs=0.1),
    PocketLanguage(code="zhelnik", name="Zhelnik", script="Cyrl", names="shared"),
    PocketLanguage(code="brudnar", name="Brudnar", script="Cyrl", order="SOV", names="shared"),
    PocketLanguage(code="theskai", name="Theskai", script="Grek", order="VSO", names="shared"),
    PocketLanguage(
        code="qamirut", name="Qamirut", script="Arab", order="VSO", adjective="after", resource=0.3, pairs=0.3
    ),
    PocketLanguage(code="navtesh", name="Navtesh", script="Hebr", adjective="after", names="shared", pairs=0.0),
    PocketLanguage(
        code="prashil",
        name="Prashil",
        script="Deva",
        order="SOV",
        adposition="after",
        overlap=0.1,
        morphology="suffixing",
        resource=0.4,
        pairs=0.4,
    ),
    PocketLanguage(
        code="lanthep", name="Lanthep", script="Thai", adjective="after", spaced=False, resource=0.4, pairs=0.4
    ),
    PocketLanguage(
        code="gvarubi",
        name="Gvarubi",
        script="Geor",
        order="VSO",
        adjective="after",
        adposition="after",
        morphology="suffixing",
        resource=0.02,
        pairs=0.0,
    ),
    PocketLanguage(
        code="sohanbi",
        name="Sohanbi",
        script="Hang",
        order="SOV",
        adposition="after",
        overlap=0.2,
        morphology="compounding",
        resource=0.4,
        pairs=0.4,
    ),
    PocketLanguage(code="tingsao", name="Tingsao", script="Hani", overlap=0.0, spaced=False),
)

LANGUAGES: Mapping[str, PocketLanguage] = MappingProxyType({language.code: language for language in TABLE})
PIVOT = TABLE[0].code


@cache
def find(code: str) -> PocketLanguage:
    """The language of a code, built in or described by its dials; raises ValueError saying what a code may be."""
    if code in LANGUAGES:
        return LANGUAGES[code]
    root, turn, written = code.partition(TURN)
    if not turn:
        raise ValueError(f"{code!r} is not one of Pocket's languages{catalog.suggestion(code, LANGUAGES)}")
    dials = parsed(code, written)
    if root == PIVOT and "overlap" in dials:
        raise ValueError(f"{code!r}: {PIVOT} is the language that overlap is measured by, so it has no such dial")
    if root in LANGUAGES:
        known: dict[str, Any] = LANGUAGES[root].model_dump()
    elif root.isascii() and root.isalpha() and root.islower() and len(root) >= SHORTEST:
        known = {"name": root.capitalize(), "script": "Latn"}
    else:
        raise ValueError(f"{code!r}: a language's name has {SHORTEST} lower-case letters or more, found {root!r}")
    try:
        return PocketLanguage.model_validate(known | dials | {"code": code})
    except ValidationError as error:
        wrong = error.errors()[0]
        raise ValueError(
            f"{code!r}: {wrong['loc'][0]} is {wrong['input']!r}: {wrong['msg'][:1].lower()}{wrong['msg'][1:]}"
        ) from error


SHORTEST = 5


def parsed(code: str, written: str) -> dict[str, str]:
    """The dials of a code as text; raises ValueError for what is no dial."""
    dials = {}
    for part in written.split(","):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if name not in DIALS:
            raise ValueError(f"{code!r}: {name!r} is not a dial{catalog.suggestion(name, DIALS)}")
        if not equals or not value or name in dials:
            raise ValueError(f"{code!r}: the dial {name!r} needs one value, as in {name}=...")
        dials[name] = value
    return dials


def canonical(code: str) -> str:
    """The one spelling of a language's code: dials in alphabetical order, none that says what holds anyway."""
    if code in LANGUAGES:
        return code
    language = find(code)
    plain = LANGUAGES.get(language.root) or PocketLanguage(code=language.root, name=language.name, script="Latn")
    turned = {dial: getattr(language, dial) for dial in sorted(DIALS)}
    texts = [
        f"{dial}={str(value).lower() if isinstance(value, bool) else value}"
        for dial, value in turned.items()
        if value != getattr(plain, dial)
    ]
    if not texts and language.root in LANGUAGES:
        return language.root
    return f"{language.root}{TURN}{','.join(texts or [f'script={language.script}'])}"
