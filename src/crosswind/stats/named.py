"""Every estimand by the name that a study gives it."""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from crosswind.catalog import suggestion
from crosswind.stats.corruption import CorruptionError, RelativeCorruptionError
from crosswind.stats.effective import Effective
from crosswind.stats.estimands import (
    Drop,
    Estimand,
    GainInteraction,
    Relative,
    RelativeChance,
    Score,
    SeverityArea,
    Share,
    TransferGap,
)
from crosswind.stats.worst import WorstCondition, WorstLanguage, WorstSeed

ESTIMANDS: Mapping[str, Callable[..., Estimand]] = MappingProxyType(
    {
        "clean": partial(Score, "clean"),
        "robust": partial(Score, "perturbed"),
        "drop": Drop,
        "gain_interaction": GainInteraction,
        "relative": Relative,
        "relative_chance": RelativeChance,
        "auc": SeverityArea,
        "mce": CorruptionError,
        "relative_mce": RelativeCorruptionError,
        "worst_condition": WorstCondition,
        "worst_language": WorstLanguage,
        "worst_seed": WorstSeed,
        "worst_item": partial(Share, "worst_item"),
        "flip": partial(Share, "flips"),
        "right_to_wrong": partial(Share, "right_to_wrong"),
        "wrong_to_right": partial(Share, "wrong_to_right"),
        "wrong_to_wrong": partial(Share, "wrong_to_wrong"),
        "agreement": partial(Share, "agreement", "clean"),
        "robust_agreement": partial(Share, "agreement", "perturbed"),
        "transfer_gap": partial(TransferGap, text="clean"),
        "robust_transfer_gap": partial(TransferGap, text="perturbed"),
        "effective": Effective,
    }
)


def estimand(name: str, **settings: Any) -> Estimand:
    """The estimand of a name; `reference`, `pool` or `source` where it needs one.

    Raises ValueError for a name that there is not, and for settings that it lacks or does not have.
    """
    if name not in ESTIMANDS:
        raise ValueError(f"{name!r} is no estimand{suggestion(name, ESTIMANDS)}")
    try:
        return ESTIMANDS[name](**settings)
    except TypeError as error:
        given = ", ".join(sorted(settings)) or "nothing"
        raise ValueError(f"estimand {name} does not go with {given}: {error}") from error
