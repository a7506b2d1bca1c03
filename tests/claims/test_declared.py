from pathlib import Path
from typing import Any, get_args

import pytest

from crosswind.claimed import about, codes, digest, placed
from crosswind.claims.declared import Asked
from crosswind.claims.library import Source
from crosswind.plan import make_plan
from crosswind.report.verdicts import origin
from crosswind.stages import label
from crosswind.stats.named import ESTIMANDS
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
waive = "a test"
"""


def study(tmp_path: Path, claims: str) -> Study:
    path = tmp_path / "s.toml"
    path.write_text(STUDY + claims, encoding="utf-8")
    return load_study(path)


def mistakes(tmp_path: Path, claims: str) -> str:
    with pytest.raises(StudyError) as raised:
        make_plan(study(tmp_path, claims))
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
        (
            ("plain: pocket-tags", "plain: pocket-tas"),
            "arm plain has no sequence 'pocket-tas'; did you mean 'pocket-tags'? (allowed: pocket-tags, ",
        ),
        (("robust = 1", "robust = 2"), "the weights add up to 1"),
        (('text = "robust training helps"', 'text = ""'), "claim[1].text"),
        (("robust = 1", "robust = nan"), "claim[1].contrast.robust: expected a finite number, found nan"),
        (('"plain: pocket-tags" = -1', '"robust: pocket-tags" = -1'), "it weighs one treatment under two names"),
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
        ("margin = inf", "claim[1].margin: expected a finite number, found inf"),
        (
            'estimand = "auc"\nseverities = [3, 9]',
            "claim[1].severities: its conditions have no severity 9 (allowed: 1, ",
        ),
        ('estimand = "mce"\nreference = "plan"', "claim[1].reference: the study has no arm 'plan'; did you mean"),
        ('estimand = "effective"\npool = ["plan"]', "claim[1].pool: the study has no arm 'plan'; did you mean"),
    ],
)
def test_what_is_not_there_or_makes_no_sense_is_refused(tmp_path: Path, more: str, told: str) -> None:
    assert told in mistakes(tmp_path, CLAIM + more)


def test_what_could_explain_a_difference_away_must_be_controlled_for_or_waived(tmp_path: Path) -> None:
    bare = CLAIM.replace('waive = "a test"', "")
    told = mistakes(tmp_path, bare)
    assert 'give arm robust controls = ["random_direction"], or say in waive' in told
    assert '{ kind = "update_matched", by = "compute" }' in told
    order = bare.replace('{ robust = 1, "plain: pocket-tags" = -1 }', '{ "plain: pocket-tags" = 1, plain = -1 }')
    told = mistakes(tmp_path, order)
    assert all(f'controls = ["{name}"]' in told for name in ("update_matched", "label_shuffled"))
    make_plan(study(tmp_path, bare + "primary = false\n"))
    ready = STUDY.replace(
        'objective = "fgm"',
        'objective = "fgm"\ncontrols = ["random_direction", { kind = "update_matched", by = "compute" }]',
    )
    path = tmp_path / "ready.toml"
    path.write_text(ready + bare, encoding="utf-8")
    assert make_plan(load_study(path)).study.claims[0].primary


def test_two_claims_have_two_names(tmp_path: Path) -> None:
    assert "claim c stands here twice" in mistakes(tmp_path, CLAIM + CLAIM)


def test_claims_of_the_literature_are_taken_up_with_the_studys_arms(tmp_path: Path) -> None:
    taken = '[[claim]]\nlike = "huang-2021-pawsx"\ntargets = ["pocket-nli"]\n'
    taken += 'arms = { robust = "robust", baseline = "plain" }\nwaive = "a test"'
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


@pytest.mark.parametrize(
    ("arms", "told"),
    [
        (
            '["robust", "plain"]',
            'arms says of each role which arm plays it, arms = { robust = "...", baseline = "..." }',
        ),
        ('{ robust = ["robust"], baseline = "plain" }', "arms says of each role which arm plays it"),
        (
            '{ robust = "robust", baseline = "plain", other = "plain" }',
            "has no role 'other' (allowed: baseline, robust)",
        ),
        ('{ robust = "plain", baseline = "plain" }', "arms names one arm for both"),
    ],
)
def test_roles_are_given_to_one_arm_each(tmp_path: Path, arms: str, told: str) -> None:
    taken = '[[claim]]\nlike = "huang-2021-pawsx"\ntargets = ["pocket-nli"]\nwaive = "a test"\narms = '
    found = mistakes(tmp_path, taken + arms)
    assert told in found
    assert ": claim[1]: " in found


def test_raw_text_before_a_target_needs_no_shuffled_labels(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text(
        STUDY.replace('["pocket-tags"], ["pocket-tags", "pocket-nli"]', '["pocket-text"]')
        + CLAIM.replace('robust = 1, "plain: pocket-tags" = -1', '"plain: pocket-text" = 1, plain = -1').replace(
            'waive = "a test"', ""
        ),
        encoding="utf-8",
    )
    with pytest.raises(StudyError, match="update_matched") as raised:
        make_plan(load_study(path))
    assert "label_shuffled" not in str(raised.value)


def test_a_claim_is_about_named_languages_and_conditions(tmp_path: Path) -> None:
    own = study(tmp_path, CLAIM + 'estimand = "drop"\nconditions = ["case"]\nlanguages = ["solvane", "zhelnik"]')
    (claim,), (nli, _) = own.claims, own.targets
    assert about(own, claim) == {"case:upper"}
    assert codes(own, claim, nli) == ["solvane", "zhelnik"]
    (others,) = study(tmp_path, CLAIM).claims
    assert nli.source not in codes(own, others, nli)
    assert len(codes(own, others, nli)) == len(nli.languages) - 1, label(nli)


def test_a_claim_may_ask_for_everything_that_is_estimated() -> None:
    assert set(get_args(Asked)) == set(ESTIMANDS)


def test_agreement_is_asked_only_where_items_are_the_same_in_two_languages(tmp_path: Path) -> None:
    text = STUDY.replace("targets = [", 'targets = ["tatoeba", ')
    (tmp_path / "s.toml").write_text(f'{text}{CLAIM}estimand = "agreement"\ntargets = ["tatoeba"]\n', encoding="utf-8")
    with pytest.raises(StudyError, match=r"estimand: agreement asks .* the same items .* tatoeba has other"):
        load_study(tmp_path / "s.toml")
    own = CLAIM + 'estimand = "agreement"\n'
    assert study(tmp_path, own).claims[0].estimand == "agreement"
    assert "asks for answers to the same items" in mistakes(tmp_path, own + 'languages = ["zhelnik"]\n')


def test_agreement_of_answers_to_clean_text_needs_no_condition(tmp_path: Path) -> None:
    claim = CLAIM + 'conditions = ["digits"]\n'
    (found,) = study(tmp_path, claim + 'estimand = "agreement"').claims
    assert found.estimand == "agreement"
    assert "no condition digits" in mistakes(tmp_path, claim + 'estimand = "robust_agreement"')


def test_a_claim_says_whose_it_is_and_what_was_said_there(tmp_path: Path) -> None:
    told = 'source = { paper = "A 2021", said = "robust training helps.", number = 2.1 }\n'
    (own,) = study(tmp_path, CLAIM + told).claims
    assert own.origin == Source(paper="A 2021", said="robust training helps.", number=2.1)
    assert [*origin(own)] == ["after A 2021, +2.1 points", "there: robust training helps"]
    (silent,) = study(tmp_path, CLAIM).claims
    assert (silent.origin, [*origin(silent)]) == (None, [])
    assert "claim[1].source.paper" in mistakes(tmp_path, CLAIM + "source = { number = 2.1 }\n")
    taken = '[[claim]]\nlike = "huang-2021-pawsx"\ntargets = ["pocket-nli"]\nwaive = "a test"\n'
    taken += 'arms = { robust = "robust", baseline = "plain" }\n'
    (cited,) = study(tmp_path, taken).claims
    assert cited.origin is not None
    assert (cited.origin.number, "after Huang" in " ".join(origin(cited))) == (2.1, True)
    (other,) = study(tmp_path, taken + told).claims
    assert other.origin == own.origin
    assert digest(study(tmp_path, CLAIM + told)) != digest(study(tmp_path, CLAIM))


def test_the_digest_tells_when_a_claim_was_changed(tmp_path: Path) -> None:
    before: Any = digest(study(tmp_path, CLAIM))
    assert digest(study(tmp_path, CLAIM)) == before
    assert digest(study(tmp_path, CLAIM + "margin = 0.1")) != before
    assert before == "8e72f953d827", "papers have printed digests: new fields must not change them"
