import pytest

from crosswind.perturbations.draws import Draw, rank, uniform
from crosswind.text.item import plain_field

SUITE = "gauntlet-core-v1"


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (("typo_edit", 1, "xnli", "test", "hi", "17", "premise", "select", "word", 3), 0.5148130012961396),
        (("typo_edit", 1, "xnli", "test", "hi", "17", "premise", "option", "word", 3, 0), 0.5229083319435966),
        (("typo_edit", 2, "xnli", "test", "hi", "17", "premise", "select", "word", 3), 0.5332572582906017),
        (
            ("homoglyph", 1, "xquad", "test", "el", "56be4db0acb8001400a502ec", "question", "select", "word", 0),
            0.31517913462050273,
        ),
    ],
)
def test_golden_draws(key: tuple[str | int, ...], expected: float) -> None:
    assert uniform(SUITE, *key) == expected
    perturbation, seed, dataset, split, lang, owner, *rest = key
    draw = Draw(SUITE, str(perturbation), int(seed), str(dataset), str(split))
    assert draw(plain_field("", str(lang), str(owner)), *rest) == expected  # type: ignore[arg-type]


def test_draws_are_spread_evenly() -> None:
    draws = [uniform("spread", number) for number in range(4000)]
    assert all(0 <= draw < 1 for draw in draws)
    assert abs(sum(draws) / len(draws) - 0.5) < 0.02
    assert abs(sum(draw < 0.1 for draw in draws) / len(draws) - 0.1) < 0.02


def test_the_rank_of_an_item_knows_no_language_and_no_perturbation() -> None:
    assert rank("xnli", "test", "17") == uniform("rank", "xnli", "test", "17")


def test_a_separator_in_a_part_is_refused() -> None:
    with pytest.raises(ValueError, match="U\\+001F"):
        uniform("a\x1fb")
    with pytest.raises(ValueError, match="U\\+001F"):
        Draw(SUITE, "typo_edit", 1, "x", "y")(plain_field("", "en", "a\x1fb"), "text", "select", "word", 0)
