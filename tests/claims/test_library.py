import pytest

from crosswind.claims.declared import Asked, Claim
from crosswind.claims.library import cited, literature


def test_the_literature_is_complete() -> None:
    names = {*literature()}
    assert {"huang-2021-pawsx", "huang-2021-xnli", "huang-2021-generalized", "adapters-match-full"} <= names
    assert {f"phang-2020-{task}" for task in ("squad", "mnli", "hellaswag", "all", "best", "xnli", "tydiqa")} <= names


@pytest.mark.parametrize("name", literature())
def test_every_claim_can_be_taken_up(name: str) -> None:
    own = cited(name)
    claim = Claim.model_validate({"like": name, "arms": {role: f"arm-{role}" for role in own.roles}})
    assert claim.name == name
    assert dict(claim.contrast) == {f"arm-{role}": weight for role, weight in own.contrast.items()}
    assert claim.estimand in Asked.__args__  # type: ignore[attr-defined]
    assert claim.cited is own
    assert own.paper.count("arXiv") >= 1
    assert own.needs.endswith(".")
    assert own.said.endswith(".")


def test_an_unknown_claim_is_told_with_the_nearest() -> None:
    with pytest.raises(ValueError, match="did you mean 'huang-2021-xnli'"):
        cited("huang-2021-nli")
