"""Pocket's languages: each a record of dials, chosen so that single dials can be told apart.

Where two languages differ in one dial only, comparing them is comparing that dial: dormeli and taruvik (overlap),
taruvik and zhelnik (script), zhelnik and brudnar (word order), taruvik and quenzo (resources). navtesh has text but no
sentence pairs; gvarubi has almost no text either and is there to fail.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

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

    code: str = Field(pattern="^[a-z]{5,9}$")
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


def find(code: str) -> PocketLanguage:
    """The language of a code; raises ValueError with the nearest code and all of them."""
    if code not in LANGUAGES:
        raise ValueError(f"{code!r} is not one of Pocket's languages{catalog.suggestion(code, LANGUAGES)}")
    return LANGUAGES[code]
