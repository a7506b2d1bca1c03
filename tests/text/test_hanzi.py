import pytest

from crosswind.text.hanzi import form_of, readings


@pytest.mark.parametrize(
    ("form", "character", "toneless", "tonal"),
    [
        ("Hans", "的", "de", "de5"),
        ("Hans", "桥", "qiao", "qiao2"),
        ("Hans", "女", "nv", "nv3"),
        ("Hans", "略", "lve", "lve4"),
        ("Hans", "京", "jing", "jing1"),
        ("Hans", "着", "zhe", "zhe5"),
        ("Hans", "著", "zhu", "zhu4"),
        ("Hant", "著", "zhe", "zhe5"),
        ("Hant", "橋", "qiao", "qiao2"),
        ("Hant", "髮", "fa", "fa3"),  # as in Taiwan
        ("Hant", "發", "fa", "fa1"),
        ("Hant", "後", "hou", "hou4"),
        ("Hant", "遊", "you", "you2"),
    ],
)
def test_characters_have_their_commonest_reading(form: str, character: str, toneless: str, tonal: str) -> None:
    found = readings(form)
    assert (found.toneless_of[character], found.tonal_of[character]) == (toneless, tonal)


@pytest.mark.parametrize(
    ("form", "syllable", "first"),
    [
        ("Hans", "shi", "是时十"),
        ("Hans", "de", "的地得"),
        ("Hant", "hou", "後"),
        ("Hant", "fa", "發法"),
        ("Hans", "lv", "律绿"),
    ],
)
def test_the_commonest_character_comes_first(form: str, syllable: str, first: str) -> None:
    assert readings(form).toneless[syllable].startswith(first)


def test_homophones_share_their_tone() -> None:
    assert set("天添") <= set(readings("Hans").tonal["tian1"])
    assert set("今斤金") <= set(readings("Hans").tonal["jin1"])


def test_forms_do_not_mix() -> None:
    assert not set("們國這") & set(readings("Hans").toneless_of)
    assert not set("们国这") & set(readings("Hant").toneless_of)


@pytest.mark.parametrize("form", ["Hans", "Hant"])
def test_the_tables_of_a_form_agree(form: str) -> None:
    found = readings(form)
    assert len(found.toneless_of) >= 3400
    assert found.toneless_of.keys() == found.tonal_of.keys() >= found.polyphones
    assert all(found.tonal_of[sign].startswith(syllable) for sign, syllable in found.toneless_of.items())
    assert {syllable[-1] for syllable in found.tonal} == set("12345")
    assert {"Hans": "长", "Hant": "長"}[form] in found.polyphones


@pytest.mark.parametrize(
    ("text", "lang", "form"),
    [
        ("那座老桥早就封闭了", "zh", "Hans"),
        ("那座老橋早就封閉了", "zh", "Hant"),
        ("有人", "zh", "Hans"),
        ("有人", "zh_Hant", "Hant"),
        ("他们说「後」", "zh", "Hans"),
        ("bridge", "en", "Hans"),
    ],
)
def test_the_form_is_that_of_the_text(text: str, lang: str, form: str) -> None:
    assert form_of(text, lang) == form
