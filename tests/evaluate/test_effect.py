"""The probe: what a tokenizer leaves of a change, held still for the two families of tokenizers that differ most."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import polars
import pytest

from crosswind.evaluate.effect import Reading, columns, effect, idle, read
from crosswind.formats import CLASSIFY, MINE, SPAN
from crosswind.formats.classify import Classification
from crosswind.formats.mine import OTHER, OWN, Sentence
from crosswind.formats.span import Question
from crosswind.perturbations.sampling import sample
from tests import tiny
from tests.perturbations.specimens import PERTURBATIONS
from tests.text.sentences import SENTENCES
from tests.text.test_tokenizer_effects import fast

NUMBERED = {
    "hi": "पुल 1984 में बंद हुआ और 17 साल बाद खुला।",
    "ar": "أغلق الجسر عام 1984 وفتح بعد 17 سنة.",
    "zh": "这座桥在1984年关闭,17年后重新开放。",
    "ja": "橋は1984年に閉鎖され、17年後に開いた。",
}
DIGITS = ["".join(chr(zero + digit) + " " for digit in range(10)) for zero in (0x30, 0x660, 0x966, 0xFF10)]
TEXTS = SENTENCES | {f"{code}-numbers": text for code, text in NUMBERED.items()}

# What share of the changed sentences can be told from the clean ones: by XLM-R's normaliser, by BERT's, cased.
GOLDEN = {
    "typo_edit": (1.0, 1.0),
    "case:lower": (1.0, 1.0),
    "case:upper": (1.0, 1.0),
    "homoglyph": (1.0, 1.0),
    "digits": (1.0, 1.0),
    "digits:wide": (0.0, 1.0),  # full-width digits are folded back
    "invisible:vs": (1.0, 1.0),
    "invisible": (1.0, 22 / 29),  # BERT deletes all of the palette but the selector; sentences have several edits each
    "invisible:zwsp": (1.0, 0.0),  # one is a space to XLM-R and nothing to BERT
}


@cache
def tokenizer(family: str) -> Any:
    """A tiny tokenizer that has met digits, with the real normaliser of its family."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tiny, "TEXTS", [*tiny.TEXTS, *NUMBERED.values(), *(DIGITS * 4)])
        made = tiny.ENCODERS[family][0]()
    if family == "xlm-roberta":
        made.backend_tokenizer.normalizer = fast()
    return made


def texts(found: Sequence[str]) -> list[Classification]:
    return [Classification(uid=str(i), cluster=str(i), first=text, label="x") for i, text in enumerate(found)]


def reading(examples: Sequence[Any], coder: Any, max_length: int = 256, form: Any = CLASSIFY) -> Reading:
    return read(form, examples, (), form.encode(examples, ("x",), coder, max_length), coder)


def measured(after: Sequence[str], before: Sequence[str], coder: Any, max_length: int = 256) -> dict[str, Any]:
    clean = reading(texts(before), coder, max_length)
    found = columns(reading(texts(after), coder, max_length), clean, range(len(before)))
    changed = [one != other for one, other in zip(after, before, strict=True)]
    return effect(polars.DataFrame({"text_changed": changed} | found))


@pytest.mark.parametrize("label", GOLDEN)
def test_what_reaches_a_model_hangs_on_its_tokenizer(label: str) -> None:
    change = next(each for each in PERTURBATIONS if each.label == label)
    clean = texts([*TEXTS.values()])
    items = [CLASSIFY.item(text, "t", "test", name[:2]) for name, text in zip(TEXTS, clean, strict=True)]
    after = [sample(change, item, change.levels.severities[-1], seed=1).text("first") for item in items]
    found = [measured(after, [*TEXTS.values()], tokenizer(family)) for family in ("xlm-roberta", "bert")]
    assert tuple(each["effective"] for each in found) == GOLDEN[label]
    assert found[0]["changed"] == found[1]["changed"] == sum(map(str.__ne__, after, TEXTS.values())) / len(TEXTS)


def test_unknown_pieces_lengths_and_cuts_are_counted() -> None:
    coder = tokenizer("xlm-roberta")
    before, after = ["the old bridge", "the river", "the bridge"], ["the 𒀀𒀁 old bridge", "the river", "the bridge " * 9]
    found = measured(after, before, coder, max_length=20)
    pieces = [len(coder(text, add_special_tokens=False)["input_ids"]) for text in (*before, *after)]
    unknown = coder(after[0])["input_ids"].count(coder.unk_token_id)
    assert unknown > 0
    assert found["unk_delta"] == pytest.approx(100 * unknown / sum(pieces[:3]))
    assert found["len_ratio"] == pytest.approx(sum(pieces[3:]) / sum(pieces[:3]))
    assert found["trunc_rate"] == pytest.approx(1 / 3)
    assert (found["changed"], found["effective"]) == (pytest.approx(2 / 3), 1.0)


def test_only_texts_that_may_change_are_counted() -> None:
    coder = tokenizer("bert")
    asked = Question(uid="1", cluster="1", question="the bridge?", context="the old bridge over the river", answers=())
    encoding = SPAN.encode([asked], (), coder, 64)
    counts = [read(SPAN, [asked], fields, encoding, coder).pieces[0] for fields in (("question",), ("context",), ())]
    assert counts[0] + counts[1] == counts[2] > counts[1] > counts[0] > 0


def test_sentences_that_nothing_may_change_are_no_items() -> None:
    coder = tokenizer("bert")
    before = [Sentence(uid=side, cluster=side, text="the bridge", side=side) for side in (OWN, OTHER)]
    after = [Sentence(uid=OWN, cluster=OWN, text="the river", side=OWN), before[1]]
    found = columns(reading(after, coder, form=MINE), reading(before, coder, form=MINE), (0, 1))
    assert effect(polars.DataFrame({"text_changed": [True, False]} | found))["changed"] == 1.0


def test_nothing_changed_reaches_nobody() -> None:
    found = measured(["the bridge"], ["the bridge"], tokenizer("bert"))
    assert found == {"changed": 0.0, "effective": None, "unk_delta": 0.0, "len_ratio": 1.0, "trunc_rate": 0.0}


@pytest.mark.parametrize(
    ("changed", "effective", "said"),
    [
        (0.9, 0.9, ""),
        (0.05, 0.5, ""),
        (0.049, 1.0, "n/a: 5 % of the items changed, less than 5 %"),
        (None, None, "n/a: 0 % of the items changed, less than 5 %"),
        (0.9, 0.49, "n/a: of the changed items, 49 % reach the model, less than half"),
        (0.9, None, "n/a: of the changed items, 0 % reach the model, less than half"),
    ],
)
def test_what_is_no_result_says_why(changed: float | None, effective: float | None, said: str) -> None:
    assert idle(changed, effective) == said
