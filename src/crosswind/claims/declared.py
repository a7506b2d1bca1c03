"""A claim as a study declares it: which treatments, asked what, where, and what would make it true.

    [[claim]]
    name = "adversarial-under-typos"
    text = "Adversarial training helps more under typos than on clean text"
    contrast = { adversarial = 1, plain = -1 }
    estimand = "gain_interaction"
    conditions = ["typo_edit"]
    margin = 0.5

The claimed region is always the upper one: a difference above `margin` (superiority), above minus `margin`
(noninferiority), or within `margin` on either side (equivalence). That one arm loses less is said by the signs of
`contrast`. A claim of the literature (library.py) is taken up by its name, with the study's arms in its roles:

    [[claim]]
    like = "huang-2021-pawsx"
    arms = { robust = "adversarial", baseline = "plain" }
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from crosswind.catalog import suggestion
from crosswind.choices import ALL, LanguageNames, Name, refuse
from crosswind.claims.library import Cited, Source, cited
from crosswind.complaints import shown
from crosswind.encoders import Part

OTHERS, SOURCE = "all-but-source", "source"
BETWEEN = ": "  # stands between an arm and one of its sequences
TOLERANCE = 1e-9

Kind = Literal["superiority", "noninferiority", "equivalence"]
Asked = Literal[
    "clean",
    "robust",
    "drop",
    "gain_interaction",
    "relative",
    "relative_chance",
    "auc",
    "mce",
    "relative_mce",
    "worst_condition",
    "worst_language",
    "worst_seed",
    "worst_item",
    "flip",
    "right_to_wrong",
    "wrong_to_right",
    "wrong_to_wrong",
    "agreement",
    "robust_agreement",
    "transfer_gap",
    "robust_transfer_gap",
    "effective",
]
REFERRING = ("mce", "relative_mce")
ON_CLEAN = ("clean", "agreement", "transfer_gap")


class Claim(Part):
    """One contrast and the region that it is claimed to lie in.

    `contrast` gives treatments their weights: an arm by its name, or one of its sequences as "arm: task > task". A
    control of an arm is one too, as "arm+control".
    `reference` is the treatment whose errors count as 1 where the estimand is a corruption error, `pool` are those
    that show how robust scores go with clean ones where it is `effective`. `source` is the paper that claims it, if one
    does. `primary` claims are corrected together for
    being many; others are exploratory. `waive` says why a control that a careful reader would ask for is not there.
    """

    name: Name
    text: str = Field(min_length=1)
    contrast: Mapping[str, Annotated[float, Field(allow_inf_nan=False)]]
    estimand: Asked = "clean"
    reference: str | None = None
    pool: tuple[str, ...] = ()
    targets: tuple[str, ...] = (ALL,)
    languages: LanguageNames = (OTHERS,)
    conditions: tuple[str, ...] = (ALL,)
    severities: tuple[int, ...] | None = Field(None, min_length=1)
    kind: Kind = "superiority"
    margin: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    primary: bool = True
    waive: str = ""
    source: Source | None = None
    like: str | None = None
    arms: Mapping[str, str] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def as_cited(cls, value: Any) -> Any:
        """A claim of the literature with what the study says instead of it, and its arms in the roles."""
        if not isinstance(value, dict):
            return value
        value = {key: tuple(own) if isinstance(own, list) else own for key, own in value.items()}
        if not isinstance(value.get("like"), str):
            return value
        try:
            own = cited(value["like"])
        except ValueError as error:
            refuse(str(error))
        arms = value.get("arms", {})
        if not isinstance(arms, dict) or not all(isinstance(each, str) for each in arms.values()):
            told = ", ".join(f'{role} = "..."' for role in own.roles)
            refuse(f"arms says of each role which arm plays it, arms = {{ {told} }}; found {shown(arms)}")
        lacking = [role for role in own.roles if role not in arms] if "contrast" not in value else []
        if lacking:
            refuse(f"{own.name} compares {' and '.join(own.roles)}; say in arms which arm is {' and '.join(lacking)}")
        if strange := [role for role in arms if role not in own.roles]:
            refuse(f"{own.name} has no role {strange[0]!r}{suggestion(strange[0], own.roles)}; remove it from arms")
        if len({*arms.values()}) < len(arms):
            refuse(f"{own.name} compares {' and '.join(own.roles)}, and arms names one arm for both")
        placed = (
            {"contrast": {arms[role]: weight for role, weight in own.contrast.items() if role in arms}} if arms else {}
        )
        return {"name": own.name, **own.settings, **placed, **value}

    @field_validator("contrast")
    @classmethod
    def weighs(cls, contrast: Mapping[str, float]) -> Mapping[str, float]:
        total = sum(contrast.values())
        if not contrast or 0 in contrast.values() or abs(total) > TOLERANCE:
            raise PydanticCustomError(
                "contrast",
                "the weights add up to {total}; give arms weights other than 0 that add up to 0, such as 1 and -1",
                {"total": f"{total:g}"},
            )
        return contrast

    @model_validator(mode="after")
    def is_complete(self) -> "Claim":
        if self.arms and self.like is None:
            refuse("arms says who plays the roles of a claim of the literature; name that in like, or remove arms")
        if self.kind != "superiority" and not self.margin:
            refuse(f"{self.kind} within 0 points can never be shown; give a margin, such as 0.5")
        if (self.estimand in REFERRING) != (self.reference is not None):
            refuse(f"a reference belongs to the estimands {' and '.join(REFERRING)}, and they need one")
        if (self.estimand == "effective") != bool(self.pool):
            refuse("a pool belongs to the estimand effective, and it needs one")
        return self

    @property
    def cited(self) -> Cited | None:
        """The claim of the literature that this one takes up."""
        return None if self.like is None else cited(self.like)

    @property
    def origin(self) -> Source | None:
        """Whose claim it is: as the study says, else as the library does."""
        return self.source or (self.cited.source if self.cited else None)

    @property
    def roles(self) -> tuple[tuple[str, str], ...]:
        """Every field that names a treatment, with what it names."""
        one = () if self.reference is None else (self.reference,)
        named = {"contrast": tuple(self.contrast), "reference": one, "pool": self.pool}
        return tuple((key, name) for key, names in named.items() for name in names)

    @property
    def treatments(self) -> tuple[str, ...]:
        """Everything that it names as a treatment."""
        return tuple(name for _, name in self.roles)


def parted(name: str) -> tuple[str, str | None]:
    """An arm, and the sequence that is named with it; None where none is."""
    arm, told, sequence = name.partition(BETWEEN)
    return arm, sequence if told else None
