import subprocess
import sys
from itertools import accumulate

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crosswind.text.clusters import clusters
from crosswind.text.patterns import LETTER
from crosswind.text.words import budoux_cuts, parser, segmenter
from tests.text.sentences import SENTENCES, languages, nfc, texts


def words(text: str, lang: str) -> list[str]:
    return [text[start:end] for start, end in segmenter().words(text, lang)]


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("en", "Don't cross 12 well-known bridges, it's the 2nd.", "Don't cross well known bridges it's the 2nd"),
        ("fr", "L’élève d'hier", "L’élève d'hier"),
        ("ca", "col·legi", "col·legi"),
        ("hi", "बंद है, पर लोग।", "बंद है पर लोग"),
        ("fa", "می‌گذرند و رفت", "می‌گذرند و رفت"),
        ("he", "צה״ל שָׁלוֹם", "צה״ל שָׁלוֹם"),
        ("bn", "মানুষ পার হয়।", "মানুষ পার হয়"),
        ("ko", "다리는 막혔지만", "다리는 막혔지만"),
        ("vi", "đã đóng cửa", "đã đóng cửa"),
        ("my", "တံတားဟောင်းကို", "တံတား ဟောင်းကို"),
        ("km", "ស្ពានចាស់ត្រូវបាន", "ស្ពានចា ស់ត្រូវ បាន"),
        ("lo", "ຂົວເກົ່າປິດແລ້ວ", "ຂົວເກົ່າປິ ດແລ້ ວ"),
        ("zh", "我有3只猫。", "我 有 只 猫"),
        ("zh", "卡万·肖特用iPhone打字", "卡万 肖特用 iPhone 打字"),
        ("ja", "コンクリートの上を渡る", "コンクリート の 上 を 渡 る"),
        ("th", "สะพานเก่าปิดมานานแล้ว", "สะพาน เก่า ปิด มา นาน แล้ว"),
    ],
)
def test_words_by_script(lang: str, text: str, expected: str) -> None:
    assert words(nfc(text), lang) == nfc(expected).split()


def test_kana_calls_for_the_japanese_model_in_any_language() -> None:
    text = SENTENCES["ja"]
    assert words(text, "en") == words(text, "ja")


def test_no_word_begins_behind_a_leading_vowel() -> None:
    for lang in ("th", "lo"):
        text = SENTENCES[lang]
        assert not any(text[start - 1] in "เแโใไເແໂໃໄ" for start, _ in segmenter().words(text, lang) if start)


@settings(deadline=None)
@given(texts, languages)
def test_words_are_disjoint_hold_a_letter_and_end_on_clusters(text: str, lang: str) -> None:
    edges = {0} | {end for _, end in clusters(text)}
    last = 0
    for start, end in segmenter().words(text, lang):
        assert last <= start < end
        assert LETTER.search(text, start, end)
        assert end in edges
        last = end


@example("、อะ")  # the model has what ends this, but for a longer n-gram
@settings(deadline=None)
@given(st.text(st.sampled_from(sorted(set("".join(SENTENCES[code] for code in ("ja", "zh", "th"))))), min_size=1))
def test_words_are_cut_where_budoux_cuts(text: str) -> None:
    for model in ("ja", "th", "zh-hans", "zh-hant"):
        cuts = list(accumulate(map(len, parser(model).parse(text))))[:-1]
        assert budoux_cuts(text, model) == frozenset(cuts)


def test_budoux_is_imported_for_unspaced_text_only() -> None:
    code = (
        "import sys; from crosswind.text.words import segmenter\n"
        "segmenter().words('ein Satz', 'de'); assert 'budoux' not in sys.modules\n"
        "segmenter().words('老桥', 'zh'); assert 'budoux' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_unknown_segmenter_is_refused_with_advice() -> None:
    with pytest.raises(ValueError, match=r"'builtin'.*'icu'"):
        segmenter("jieba")
