"""Names that CLDR knows, found whole and in their place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosswind.text.names import names_in, names_of
from crosswind.text.tables import table
from crosswind.text.words import BUILTIN
from tests.text.sentences import nfc, texts


def found(text: str, lang: str) -> list[str]:
    text = nfc(text)
    return [name.text for name in names_in(text, lang, BUILTIN.words(text, lang))]


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("en", "In March she left New York for Austria, not Australia.", ["March", "New York", "Austria", "Australia"]),
        ("en", "Marching Austrians, marches, Austria-born.", ["Austria"]),
        ("en", "May I? In May. Mali is far. We saw Mali.", ["May", "Mali", "Mali"]),
        ("en", "Papua New Guinea and Guinea", ["Papua New Guinea", "Guinea"]),
        ("de", "Im Mai fuhr er nach Wien, in die Schweiz und ins Schweizer Tal.", ["Mai", "Wien", "Schweiz"]),
        ("fr", "l'Italie et l’Autriche, en août", ["Italie", "Autriche", "août"]),
        ("tr", "İstanbul'da ve İstanbulda", ["İstanbul"]),
        ("vi", "tháng 1, tháng 12 và Nhật Bản", ["tháng 1", "tháng 12", "Nhật Bản"]),
        ("ru", "5 мая в Москва-сити, Маяковский", ["мая", "Москва"]),
        ("ar", "في مارس ومارس وألمانيا ألمانيا", ["مارس", "ألمانيا"]),
        ("hi", "मंगलवार को जापान, जापान-सा", ["मंगलवार", "जापान", "जापान"]),
        ("ko", "3월 13월 독일 독일은", ["3월", "독일"]),
        ("zh", "他星期二从巴黎去德国，德国人说德语。", ["星期二", "巴黎", "德国", "德语"]),
        ("zh", "巴布亚新几内亚和几内亚", ["巴布亚新几内亚", "几内亚"]),
        ("ja", "今年3月と13月にパリからドイツへ", ["3月", "パリ", "ドイツ"]),
        ("th", "ไปเยอรมนีในเดือนมีนาคม", ["เยอรมนี", "มีนาคม"]),
        ("ro", "mai mult în martie", ["martie"]),
        ("solvane", "Fahu to Paris", []),
        ("ht", "nan mwa mars", []),
    ],
)
def test_names_are_found_whole(lang: str, text: str, expected: list[str]) -> None:
    assert found(text, lang) == expected


def test_every_name_is_found_alone_or_among_other_words() -> None:
    around = {"zh": "去{}了", "ja": "は{}へ", "th": "ไป {} นะ", "my": "သည် {} သို့"}
    missed = [
        (lang, name)
        for lang, kinds in table("cldr_names").items()
        for kind, names in kinds.items()
        for name in names
        if found(around.get(lang, "– 1 {}, 2.").format(name), lang) != [name]
    ]
    # where BudouX cuts a name of Han or Kana together with what stands around it
    assert len(missed) < 60
    assert {lang for lang, _ in missed} <= {"zh", "ja"}


def test_kinds_share_no_name_and_offer_a_choice() -> None:
    for lang, kinds in table("cldr_names").items():
        everything = [name for names in kinds.values() for name in names]
        assert len(set(everything)) == len(everything), lang
        assert all(len(names) > 1 and nfc(name) == name for names in kinds.values() for name in names)
    assert names_of("de")["day"] == ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"]


@given(texts, st.sampled_from(["en", "tr", "zh", "ja", "th", "ko", "vi"]))
def test_names_stand_where_they_are_said_to(text: str, lang: str) -> None:
    last = 0
    for name in names_in(text, lang, BUILTIN.words(text, lang)):
        assert last <= name.span[0]
        assert text[slice(*name.span)] == name.text
        assert name.text in names_of(lang)[name.kind]
        last = name.span[1]
