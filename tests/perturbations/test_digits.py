import unicodedata

import pytest
from hypothesis import given, settings

from crosswind.perturbations.digits import NUMBER, Digits
from crosswind.perturbations.sampling import sample
from crosswind.text.item import Item, plain_field
from tests.perturbations.specimens import plain_item, plain_items


def perturbed(text: str, lang: str, **chosen: str) -> str:
    return sample(Digits.model_validate(chosen), plain_item(text, lang), 5, seed=1).text("text")


@pytest.mark.parametrize(
    ("lang", "clean", "expected"),
    [
        ("ar", "عام 1987 و١٢", "عام ١٩٨٧ و12"),
        ("ar", "٣٫٥ و ١٬٢٥٠ و 3.5 و 1,250", "3.5 و 1,250 و ٣.٥ و ١,٢٥٠"),
        ("fa", "سال ۱۳۹۹ و 2020", "سال 1399 و ۲۰۲۰"),
        ("ur", "1965 میں", "۱۹۶۵ میں"),
        ("hi", "सन् 1995 में १०,०००", "सन् १९९५ में 10,000"),
        ("mr", "१९६० मध्ये", "1960 मध्ये"),
        ("bn", "১৯৭২ সালে 1.8", "1972 সালে ১.৮"),
        ("gu", "1958 માં", "૧૯૫૮ માં"),
        ("pa", "1960 ਵਿੱਚ", "੧੯੬੦ ਵਿੱਚ"),
        ("ta", "1956 இல்", "௧௯௫௬ இல்"),
        ("te", "1971లో", "౧౯౭౧లో"),
        ("ml", "1969ൽ", "൧൯൬൯ൽ"),
        ("my", "၁၉၅၄ ခု", "1954 ခု"),
        ("th", "ปี 2563", "ปี ๒๕๖๓"),
        ("hi", "1२", "12"),
        ("hi", "COVID-19, MP3, 10km, B2B, A4 और 7", "COVID-19, MP3, 10km, B2B, A4 और ७"),
        ("hi", "12-03-2020, 192.168.0.1, 1000%", "१२-०३-२०२०, १९२.१६८.०.१, १०००%"),
        ("hi", "@user7 https://example.org/12 #5 8", "@user7 https://example.org/12 #5 ८"),
        ("zh", "1957年", "1957年"),
        ("zh", "一九五七年", "一九五七年"),
        ("jv", "taun 1957", "taun 1957"),
        ("ka", "1957 წელი", "1957 წელი"),
        ("he", "שנת 1957", "שנת 1957"),
        ("ru", "1957 год", "1957 год"),
        ("en", "in 1957", "in 1957"),
        ("qqx", "in 1957", "in 1957"),
    ],
)
def test_own_digits(lang: str, clean: str, expected: str) -> None:
    assert perturbed(clean, lang) == expected


@pytest.mark.parametrize(
    ("lang", "clean", "expected"),
    [
        ("zh", "1957年，1,670米", "１９５７年，１,６７０米"),
        ("ja", "12月3日、２５２円、B29", "１２月３日、252円、B29"),
        ("ko", "10월", "１０월"),
        ("hi", "10", "10"),
        ("en", "10", "10"),
    ],
)
def test_wide_digits(lang: str, clean: str, expected: str) -> None:
    assert perturbed(clean, lang, system="wide") == expected


@settings(deadline=None)
@given(plain_items())
def test_values_stay(item: Item) -> None:
    def values(text: str) -> list[int | None]:
        return [unicodedata.decimal(sign, None) for number in NUMBER.findall(text) for sign in number]

    for system in ("own", "wide"):
        found = sample(Digits(system=system), item, 5, seed=1)
        for name, field in item.fields.items():
            assert values(found.text(name)) == values(field.text)


def test_an_answer_inside_a_number_keeps_it_as_it_is() -> None:
    field = plain_field("सन् 1995 में 7", "hi", "1", keep=[(4, 6), (13, 14)])
    found = sample(Digits(), Item("fixture", "test", "1", {"context": field}), 5, seed=1)
    assert found.text("context") == "सन् 1995 में ७"
