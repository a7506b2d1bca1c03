"""Which scores a claim rests on."""

import polars
import pytest

from crosswind.ledger import refuse_met, rows_of
from crosswind.stats.estimates import Treatment
from crosswind.study import Study
from tests.studies import small_study

CLAIM = {
    "name": "c",
    "text": "t",
    "contrast": {"robust": 1, "plain": -1},
    "estimand": "robust",
    "languages": ("all",),
    "waive": "a test",
}


def study(**changes: object) -> Study:
    arms = ({"name": "plain"}, {"name": "robust"}, {"name": "taught"})
    return small_study(arms=arms, claims=(CLAIM | changes,), targets=("pocket-nli",), languages=("zhelnik",))


def scores(own: Study) -> polars.DataFrame:
    """A clean and a perturbed score of every arm, of which the last one has learned from such text."""
    (condition, *_) = own.conditions
    return polars.DataFrame(
        [
            {
                "arm": arm.name,
                "sequence": "",
                "target": "pocket-nli",
                "language": "zhelnik",
                "condition": name,
                "severity": severity,
                "family": family,
                "seen": arm.name == "taught" and bool(severity),
                "main": True,
            }
            for arm in own.arms
            for name, severity, family in (("clean", 0, ""), (condition.name, condition.severities[0], "char noise"))
        ]
    )


def test_what_only_other_arms_have_learned_from_counts() -> None:
    own = study()
    rows = rows_of(own, own.claims[0], scores(own), [Treatment("robust"), Treatment("plain")])
    assert sorted(rows["severity"].unique()) == sorted({0, own.conditions[0].severities[0]})
    refuse_met(own.claims[0], rows)


def test_what_an_arm_of_its_own_has_learned_from_counts_only_where_it_is_named() -> None:
    own = study(contrast={"taught": 1, "plain": -1})
    rows = rows_of(own, own.claims[0], scores(own), [Treatment("taught"), Treatment("plain")])
    assert rows["severity"].unique().to_list() == [0]
    with pytest.raises(ValueError, match="has learned from every kind of change"):
        refuse_met(own.claims[0], rows)
    named = study(contrast={"taught": 1, "plain": -1}, conditions=(own.conditions[0].name,))
    rows = rows_of(named, named.claims[0], scores(named), [Treatment("taught"), Treatment("plain")])
    assert rows["severity"].max() == own.conditions[0].severities[0]
    refuse_met(named.claims[0], rows)


def test_the_claims_own_treatments_decide_for_its_rivals_too() -> None:
    """A rival is asked what the claim asks: neither more, where the claim's loser alone has met a change, nor less."""
    own = study(contrast={"robust": 1, "taught": -1})
    rows = rows_of(own, own.claims[0], scores(own), [Treatment("robust"), Treatment("plain")])
    assert rows["severity"].unique().to_list() == [0]
    own = study()
    rows = rows_of(own, own.claims[0], scores(own), [Treatment("robust"), Treatment("taught")])
    assert sorted(rows["severity"].unique()) == sorted({0, own.conditions[0].severities[0]})
    assert set(rows["arm"]) == {"robust", "taught"}


def test_what_the_reference_has_learned_from_is_left_out_for_all() -> None:
    own = study(estimand="mce", reference="taught")
    rows = rows_of(own, own.claims[0], scores(own), [Treatment("robust"), Treatment("plain"), Treatment("taught")])
    assert rows["severity"].unique().to_list() == [0]
