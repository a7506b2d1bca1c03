"""The perturbation that applies rules of misspelling: which words, how likely, and what it does to a text."""

from collections import Counter

from crosswind.perturbations.draws import Draw
from crosswind.perturbations.sampling import sample
from crosswind.perturbations.typo_native import TypoNative, is_likely, misspellings
from crosswind.text.edits import apply
from crosswind.text.item import Item, token_field
from tests.perturbations.specimens import misspelt, plain_item

DRAW = Draw("test", "typo_native", 1, "fixture", "test")


def test_unlikely_misspellings_do_not_make_a_word_a_unit() -> None:
    assert misspelt("ko", "강") == {("coda", "가")}
    assert not is_likely("강", "ko", "Hans", None)
    assert is_likely("개", "ko", "Hans", None)


def test_likely_misspellings_come_first_more_often() -> None:
    ops = Counter[str]()
    for seed in range(400):
        perturbed = sample(TypoNative(), plain_item("Straße", "de"), 1, seed, rates={"word": (1.0,), "hanzi": (1.0,)})
        ops.update(op for _, op in perturbed.trace)
    weights = Counter[str]()
    for found in misspellings("Straße", "de", "Hans", None):
        weights[found.rule.op] += found.rule.weight  # type: ignore[assignment]
    for op, weight in weights.items():
        share = weight / weights.total()
        assert abs(ops[op] / 400 - share) <= 3 * (share * (1 - share) / 400) ** 0.5


def test_chinese_characters_are_a_kind_of_their_own() -> None:
    item = plain_item("那座老桥早就封闭了，Cassette 也知道。", "zh")
    units = list(TypoNative().units(item))
    assert [unit.index for unit in units if unit.kind == "word"] == [0]
    assert [unit.index for unit in units if unit.kind == "hanzi"] == list(range(len(units) - 1))
    assert len(units) > 5
    rates = TypoNative().levels.rates
    assert rates["hanzi"][2:] == (0.15, 0.15, 0.15)
    assert rates["hanzi"][:2] == rates["word"][:2]


def test_homophones_are_of_the_form_of_the_text() -> None:
    for text, foreign in (
        ("那座老橋早就封閉了，人們仍然從上面走過，在做什麼", "们这桥闭从过后须带复"),
        ("那座老桥早就封闭了，人们仍然从上面走过", "們這橋閉從過麼後須帶復"),
    ):
        item = plain_item(text, "zh")
        found = [
            edit.new for unit in TypoNative().units(item) for option in TypoNative().options(item, unit, DRAW)
            for _, edit in option.edits
        ]  # fmt: skip
        assert len(found) > 20
        assert not set("".join(found)) & set(foreign)


def test_japanese_characters_have_no_chinese_homophones() -> None:
    assert not TypoNative().units(plain_item("古橋", "ja"))
    assert TypoNative().units(plain_item("古橋", "zh"))


def test_a_space_is_put_into_running_text_but_not_into_a_token() -> None:
    always = {"word": (1.0,), "hanzi": (1.0,)}
    running, token = plain_item("می‌رود", "fa"), Item("f", "test", "1", {"text": token_field(["می‌رود"], "fa", "1")})
    spaced = [
        sample(TypoNative(), item, 1, seed, rates=always).text("text")
        for item in (running, token)
        for seed in range(60)
    ]
    assert "می رود" in spaced[:60]
    assert "می رود" not in spaced[60:]
    assert "میرود" in spaced[60:]


def test_words_that_stay_as_they_are() -> None:
    assert not TypoNative().units(plain_item("@halle https://spass.example.org 12 #gross", "de"))
    assert not TypoNative().units(plain_item("ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ", "qqx"))


def test_the_text_after_an_option_is_the_misspelling() -> None:
    item = plain_item("Er sah die Straße.", "de")
    unit = TypoNative().units(item)[-1]
    texts = {
        apply("Er sah die Straße.", [edit])
        for option in TypoNative().options(item, unit, DRAW)
        for _, edit in option.edits
    }
    assert "Er sah die Strasse." in texts
    assert all(text.startswith("Er sah die ") for text in texts)
