"""The optional segmenter. What needs PyICU is skipped where it is not installed."""

import subprocess
import sys

import pytest
from hypothesis import given, settings

from crosswind.perturbations.sampling import sample
from crosswind.perturbations.typo_edit import TypoEdit
from crosswind.text.clusters import clusters
from crosswind.text.icu import boundaries
from crosswind.text.item import Item, plain_field
from crosswind.text.patterns import LETTER
from crosswind.text.words import BUILTIN, LEADING_VOWELS, UNSPACED, Segmenter, segmenter
from tests.text.sentences import SENTENCES, languages, nfc, texts

try:
    import icu
except ModuleNotFoundError:
    icu = None

needs_icu = pytest.mark.skipif(icu is None, reason="PyICU is not installed")
both = pytest.mark.parametrize("name", ["builtin", pytest.param("icu", marks=needs_icu)])
UNSPACED_LANGUAGES = [code for code, text in SENTENCES.items() if UNSPACED.search(text)]


def words(text: str, lang: str, cut: Segmenter) -> list[str]:
    return [text[start:end] for start, end in cut.words(text, lang)]


@needs_icu
@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("zh", "那座老桥早就封闭了。", "那 座 老 桥 早就 封闭 了"),
        ("zh", "卡万·肖特用iPhone打字12次", "卡 万 肖 特 用 iPhone 打字 次"),
        ("ja", "人々は食べるコンクリートの上", "人々 は 食べる コンクリート の 上"),
        ("th", "สะพานเก่าปิดมานานแล้ว", "สะพาน เก่า ปิด มา นาน แล้ว"),
        ("my", "တံတားဟောင်းကို", "တံတား ဟောင်း ကို"),
        ("km", "ស្ពានចាស់ត្រូវបានបិទ", "ស្ពាន ចាស់ ត្រូវ បាន បិទ"),
        ("lo", "ຂົວເກົ່າປິດແລ້ວ", "ຂົວ ເກົ່າ ປິດ ແລ້ວ"),
    ],
)
def test_dictionaries_find_words(lang: str, text: str, expected: str) -> None:
    assert words(nfc(text), lang, segmenter("icu")) == nfc(expected).split()


@needs_icu
@pytest.mark.parametrize("lang", [code for code in SENTENCES if code not in UNSPACED_LANGUAGES])
def test_words_of_spaced_scripts_are_the_same_with_and_without_it(lang: str) -> None:
    text = f"😀 {SENTENCES[lang]} 3.5 https://example.org 👩🏽"
    assert segmenter("icu").words(text, lang) == BUILTIN.words(text, lang)


@needs_icu
@settings(deadline=None)
@given(texts.filter(lambda text: not UNSPACED.search(text)), languages)
def test_any_text_without_unspaced_letters_is_the_same_with_and_without_it(text: str, lang: str) -> None:
    assert segmenter("icu").words(text, lang) == BUILTIN.words(text, lang)


@needs_icu
@settings(deadline=None)
@given(texts, languages)
def test_words_are_disjoint_hold_a_letter_and_end_on_clusters(text: str, lang: str) -> None:
    edges = {0} | {end for _, end in clusters(text)}
    last = 0
    for start, end in segmenter("icu").words(text, lang):
        assert last <= start < end
        assert LETTER.search(text, start, end)
        assert end in edges
        assert text[end - 1] not in LEADING_VOWELS or end == len(text) or not LETTER.match(text, end)
        last = end


@needs_icu
def test_offsets_count_code_points() -> None:
    text = "𠮷野家で𠮷田さんが食べる"
    assert boundaries(text) <= set(range(len(text) + 1))
    assert words(text, "ja", segmenter("icu"))[-3:] == ["さん", "が", "食べる"]


@both
@pytest.mark.parametrize("lang", [*UNSPACED_LANGUAGES, "en", "hi"])
def test_an_answer_behind_an_emoji_keeps_its_place(name: str, lang: str) -> None:
    cut = segmenter(name)
    plain = SENTENCES[lang]
    start, end = cut.words(plain, lang)[2]
    head = "😀𠮷👩🏽‍🚀 "
    span = start + len(head), end + len(head)
    field = plain_field(head + plain, lang, "1", keep=[span], segmenter=cut)
    assert field.text[slice(*span)] == plain[start:end]
    shifted = [(left - len(head), right - len(head)) for left, right in field.words if left >= len(head)]
    assert shifted == list(cut.words(plain, lang))
    perturbed = sample(TypoEdit(), Item("f", "test", "1", {"text": field}), 1, seed=1, rates={"word": (1.0,)})
    left, right = perturbed.projection("text").span(span)
    assert perturbed.text("text")[:left].startswith("😀")
    assert perturbed.text("text")[left:right].strip()


@needs_icu
def test_the_id_names_the_version_and_no_other_is_taken_for_it() -> None:
    found = segmenter("icu")
    assert found.id == f"icu-{icu.ICU_VERSION}"
    assert segmenter(found.id) == found
    with pytest.raises(ValueError, match=rf"'icu-1\.0'.*'{found.id}'"):
        segmenter("icu-1.0")


def test_without_it_the_message_says_how_to_get_it() -> None:
    code = (
        "import sys; sys.modules['icu'] = None\n"
        "from crosswind.text.words import segmenter\n"
        "try: segmenter('icu')\n"
        "except ValueError as error: print(error)"
    )
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert "crosswind[icu]" in said
    assert "libicu-dev" in said
    assert "'builtin'" in said


def test_it_is_imported_only_when_asked_for() -> None:
    code = (
        "import sys; from crosswind.text.words import segmenter\n"
        "segmenter().words('老桥早就封闭了', 'zh'); assert not {'icu', 'crosswind.text.icu'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
