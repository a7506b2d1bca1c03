import pytest

from crosswind.perturbations.draws import Draw, rank, uniform
from crosswind.text.item import plain_field

SUITE = "gauntlet-core-v1"


@pytest.mark.parametrize(
    ("key", "bits"),
    [  # from b2sum, as the docstring of Draw says; index 3 is the fourth 16 hex digits, 13 the sixth of block 1
        (("typo_edit", 1, "xnli", "test", "hi", "17", "premise", "select", "word", 0), 0x6435604A72D7D558),
        (("typo_edit", 1, "xnli", "test", "hi", "17", "premise", "select", "word", 3), 0x07B88D87E972EE16),
        (("typo_edit", 1, "xnli", "test", "hi", "17", "premise", "select", "word", 7), 0x1244768C1A0CADC0),
        (("typo_edit", 1, "xnli", "test", "hi", "17", "premise", "option", "word", 3, 0), 0xE80C156D26E84020),
        (("typo_edit", 2, "xnli", "test", "hi", "17", "premise", "select", "word", 13), 0x7A2DB4C44E6C7B06),
        (("typo_edit", 1, "xnli", "test", "hi", "17", "premise", "pick", "word", 3, "letter"), 0x4DF5A7615D87672B),
        (
            ("homoglyph", 1, "xquad", "test", "el", "56be4db0acb8001400a502ec", "question", "select", "word", 1),
            0xD77CF89B68C8B119,
        ),
    ],
)
def test_golden_draws(key: tuple[str | int, ...], bits: int) -> None:
    perturbation, seed, dataset, split, lang, owner, *rest = key
    draw = Draw(SUITE, str(perturbation), int(seed), str(dataset), str(split))
    assert draw(plain_field("", str(lang), str(owner)), *rest) == (bits >> 11) / 2**53  # type: ignore[arg-type]


def test_a_draw_depends_on_its_key_alone() -> None:
    fields = [plain_field("", lang, owner) for lang in ("de", "en") for owner in ("1", "2")]
    keys = [
        (field, "text", purpose, "word", index, *more)
        for field in fields
        for purpose in ("select", "pick")
        for index in range(20)
        for more in ((), (0,), ("letter",), ("letter", 9))
    ]
    draw, other = (Draw(SUITE, "typo_edit", 1, "x", "y") for _ in range(2))
    forward = [draw(*key) for key in keys]
    assert forward == [other(*key) for key in reversed(keys)][::-1]
    # "letter" alone stands for number 0 of its own block; no other keys share a number
    assert len(set(forward)) == len(keys)


def test_draws_are_spread_evenly() -> None:
    draws = [uniform("spread", number) for number in range(4000)]
    assert all(0 <= draw < 1 for draw in draws)
    draw, field = Draw(SUITE, "typo_edit", 1, "x", "y"), plain_field("", "en", "1")
    for found in (draws, [draw(field, "text", "select", "word", index) for index in range(4000)]):
        assert all(0 <= draw < 1 for draw in found)
        assert abs(sum(found) / len(found) - 0.5) < 0.02
        assert abs(sum(draw < 0.1 for draw in found) / len(found) - 0.1) < 0.02


def test_the_rank_of_an_item_knows_no_language_and_no_perturbation() -> None:
    assert rank("xnli", "test", "17") == uniform("rank", "xnli", "test", "17")


def test_a_separator_in_a_part_is_refused() -> None:
    with pytest.raises(ValueError, match="U\\+001F"):
        uniform("a\x1fb")
    with pytest.raises(ValueError, match="U\\+001F"):
        Draw(SUITE, "typo_edit", 1, "x", "y")(plain_field("", "en", "a\x1fb"), "text", "select", "word", 0)
