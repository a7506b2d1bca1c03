"""Sentences of any script, by rule."""

from itertools import pairwise

import pytest
from hypothesis import given

from crosswind.text.stops import SHORTEST, sentence_spans
from tests.text.sentences import SENTENCES, nfc, texts


@pytest.mark.parametrize(
    "parts",
    [
        ["The lamp is green.", "Two cats sleep!", "Do they?", "(Yes.)", "1,200 were sold for 3.5 crowns each."],
        ["Dr. Lind lit it with J. R. Holt.", "“It burned.”", "Then it went out… and on."],
        ["Am 3. Mai kam Fr. Weiß, z. B. mit „Fidelio“.", "Es war „gut“.", "Punkt."],
        ["Ο λύχνος είναι πράσινος;", "Ναι· είναι.", "Τέλος."],
        ["Лампа зелёная.", "Коты спят?", "Да, в 2 ч. утра."],
        ["Los EE. UU. son grandes.", "II. Elizabeth es de Londres."],
        ["المصباح أخضر.", "هل تنام القطط؟", "نعم."],
        ["چراغ سبز ہے۔", "بلیاں سوتی ہیں۔"],
        ["दीपक हरा है।", "बिल्लियाँ सोती हैं?", "हाँ।"],
        ["প্রদীপ সবুজ।", "বিড়াল ঘুমায়।"],
        ["மீன் பச்சை.", "பூனை தூங்குகிறது."],
        ["ნათურა მწვანეა.", "კატები სძინავთ."],
        ["등불은 초록색이다.", "고양이는 잔다."],
        ["မီးအိမ်စိမ်းသည်။", "ကြောင်အိပ်သည်။"],
        ["ចង្កៀងពណ៌បៃតង។", "ឆ្មាដេក។"],
    ],
)
def test_sentences_end_at_the_stops_of_their_script(parts: list[str]) -> None:
    text = nfc("  " + " ".join(parts) + " ")
    assert [text[start:end] for start, end in sentence_spans(text)] == [nfc(part) for part in parts]


def test_no_space_need_follow_a_stop_of_its_own() -> None:
    for parts in (
        ["灯是绿的。", "猫睡了！", "“真的吗？”", "3.5元。"],
        ["ランプは緑だ。", "「猫は寝た。」", "え？"],
        ["है।", "वह है।"],
    ):
        assert [nfc("".join(parts))[start:end] for start, end in sentence_spans(nfc("".join(parts)))] == parts


def test_thai_and_lao_are_cut_at_spaces_into_stretches_of_some_length() -> None:
    for code in ("th", "lo"):
        text = " ".join([SENTENCES[code]] * 6)
        found = [text[start:end] for start, end in sentence_spans(text)]
        assert " ".join(found) == text
        assert 1 < len(found) <= 6
        assert min(map(len, found[:-1])) >= SHORTEST


def test_an_empty_line_ends_whatever_there_is() -> None:
    text = "A heading\n \nthe text of O\n2 and more"
    assert [text[start:end] for start, end in sentence_spans(text)] == ["A heading", "the text of O\n2 and more"]


@given(texts)
def test_nothing_is_lost_but_space(text: str) -> None:
    spans = list(sentence_spans(text))
    assert all(start < end for start, end in spans)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())
    assert all(text[start:end].strip() == text[start:end] for start, end in spans)
