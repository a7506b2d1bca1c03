from pathlib import Path
from typing import Any

import pytest

from crosswind.claimed import about, codes, digest, placed
from crosswind.stages import label
from crosswind.study import Study, StudyError
from crosswind.study_file import load_study

STUDY = """
name = "s"
seeds = [1]
base = { model = "pocket" }
targets = ["pocket-nli", "pocket-ner"]

[[arm]]
name = "plain"
sequences = [[], ["pocket-tags"], ["pocket-tags", "pocket-nli"]]

[[arm]]
name = "robust"
objective = "fgm"
sequences = [["pocket-tags"]]

[[condition]]
perturbation = "typo_edit"

[[condition]]
perturbation = { kind = "case", to = "upper" }
"""
CLAIM = """
[[claim]]
name = "c"
text = "robust training helps"
contrast = { robust = 1, "plain: pocket-tags" = -1 }
"""


def study(tmp_path: Path, claims: str) -> Study:
    path = tmp_path / "s.toml"
    path.write_text(STUDY + claims, encoding="utf-8")
    return load_study(path)


def mistakes(tmp_path: Path, claims: str) -> str:
    with pytest.raises(StudyError) as raised:
        study(tmp_path, claims)
    return str(raised.value)


def test_arms_stand_for_their_training_without_intermediates_or_their_only_sequence(tmp_path: Path) -> None:
    own = study(tmp_path, CLAIM)
    assert placed(own, "plain") == ("plain", "")
    assert placed(own, "robust") == ("robust", "pocket-tags")
    assert placed(own, "plain: pocket-tags > pocket-nli") == ("plain", "pocket-tags > pocket-nli")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("robust = 1", "robst = 1"), "no arm 'robst'; did you mean 'robust'?"),
        (("plain: pocket-tags", "plain: pocket-tas"), "arm plain has no sequence 'pocket-tas'; did you mean"),
        (("robust = 1", "robust = 2"), "the weights add up to 1"),
        (('text = "robust training helps"', 'text = ""'), "claim[1].text"),
    ],
)
def test_mistakes_are_said_at_their_place(tmp_path: Path, change: tuple[str, str], told: str) -> None:
    assert told in mistakes(tmp_path, CLAIM.replace(*change))


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ('targets = ["pocket-nl"]', "no target 'pocket-nl'; did you mean 'pocket-nli'?"),
        ('languages = ["qq"]', "the claim's targets have none of qq"),
        ('estimand = "robust"\nconditions = ["digits"]', "the study has no condition digits (it has typo_edit"),
        ('estimand = "robustness"', "claim[1].estimand"),
        ('kind = "equivalence"', "equivalence within 0 points can never be shown"),
        ('estimand = "mce"', "a reference belongs to the estimands mce and relative_mce, and they need one"),
        ('reference = "plain"', "a reference belongs to the estimands"),
        ('estimand = "effective"', "a pool belongs to the estimand effective"),
        ('arms = { robust = "plain" }', "name that in like, or remove arms"),
        ("margin = -1.0", "claim[1].margin"),
        ("margn = 0.5", "claim[1].margn"),
    ],
)
def test_what_is_not_there_or_makes_no_sense_is_refused(tmp_path: Path, more: str, told: str) -> None:
    assert told in mistakes(tmp_path, CLAIM + more)


def test_two_claims_have_two_names(tmp_path: Path) -> None:
    assert "claim c stands here twice" in mistakes(tmp_path, CLAIM + CLAIM)


def test_claims_of_the_literature_are_taken_up_with_the_studys_arms(tmp_path: Path) -> None:
    taken = '[[claim]]\nlike = "huang-2021-pawsx"\ntargets = ["pocket-nli"]\n'
    taken += 'arms = { robust = "robust", baseline = "plain" }'
    (claim,) = study(tmp_path, taken).claims
    assert (claim.name, dict(claim.contrast), claim.targets) == (
        "huang-2021-pawsx",
        {"robust": 1.0, "plain": -1.0},
        ("pocket-nli",),
    )
    assert claim.cited is not None
    assert claim.cited.number == 2.1
    lacking = taken.replace('baseline = "plain"', 'base = "plain"')
    assert "say in arms which arm is baseline" in mistakes(tmp_path, lacking)
    assert "did you mean 'huang-2021-pawsx'" in mistakes(tmp_path, taken.replace("pawsx", "pawx", 1))


def test_a_claim_is_about_named_languages_and_conditions(tmp_path: Path) -> None:
    own = study(tmp_path, CLAIM + 'estimand = "drop"\nconditions = ["case"]\nlanguages = ["solvane", "zhelnik"]')
    (claim,), (nli, _) = own.claims, own.targets
    assert about(own, claim) == {"case:upper"}
    assert codes(own, claim, nli) == ["solvane", "zhelnik"]
    (others,) = study(tmp_path, CLAIM).claims
    assert nli.source not in codes(own, others, nli)
    assert len(codes(own, others, nli)) == len(nli.languages) - 1, label(nli)


def test_the_digest_tells_when_a_claim_was_changed(tmp_path: Path) -> None:
    before: Any = digest(study(tmp_path, CLAIM))
    assert digest(study(tmp_path, CLAIM)) == before
    assert digest(study(tmp_path, CLAIM + "margin = 0.1")) != before
