import pytest

from crosswind.perturbations.punct import FINAL, INNER, LEVELS, NOISE, Punct
from crosswind.perturbations.sampling import propose, sample
from crosswind.text.item import Item, plain_field, token_field
from tests.perturbations.specimens import plain_item
from tests.perturbations.test_contract import draw_for
from tests.text.sentences import nfc

DROP, SWAP = Punct(), Punct(how="swap")
NO_STRAYS = {FINAL: (1.0,), INNER: (1.0,), NOISE: (0.0,)}


def without(text: str, lang: str, **rates: float) -> str:
    """The text without all its marks, or those of the kinds that are given."""
    found = NO_STRAYS | {kind: (share,) for kind, share in rates.items()}
    return sample(DROP, plain_item(nfc(text), lang), 1, seed=1, rates=found).text("text")


def swapped(text: str, lang: str) -> str:
    return sample(SWAP, plain_item(nfc(text), lang), 5, seed=1).text("text")


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("en", "Well-known, isn't it?! (He said: “3.5, or 1,000”.)", "Well-known isn't it He said 3.5 or 1,000"),
        ("en", "It fell -5 %, i.e. R&D and/or 18:30–19:00 ...", "It fell -5 % i.e R&D and/or 18:30–19:00"),
        ("en", "The bridge - old - fell; nobody -- yes -- saw it", "The bridge old fell nobody yes saw it"),
        ("fr", "Il a dit : « Quoi ? » L'élève, lui, non !", "Il a dit Quoi L'élève lui non"),
        ("es", "¿Qué dices, «amigo»? ¡No!", "Qué dices amigo No"),
        ("de", "Am 3. Mai, sagte Dr. Weiß, war „alles“ gut.", "Am 3 Mai sagte Dr Weiß war alles gut"),
        ("el", "Ο λύχνος είναι πράσινος; Ναι· είναι.", "Ο λύχνος είναι πράσινος Ναι είναι"),
        ("ru", "Мост — старый, «закрытый»... Да?", "Мост старый закрытый Да"),
        ("ar", "هل تنام القطط؟ نعم، (طبعاً)؛ ٣٫٥٪.", "هل تنام القطط نعم طبعاً ٣٫٥٪"),
        ("ur", "پل بند ہے، ہے نا؟ جی۔", "پل بند ہے ہے نا جی"),
        ("he", 'צה״ל, וכו׳: אבל "גשר" – לא. בית־ספר!', "צה״ל וכו׳ אבל גשר לא בית־ספר"),
        ("hi", "पुल बंद है, पर “लोग” जाते हैं। क्यों?", "पुल बंद है पर लोग जाते हैं क्यों"),
        ("bn", "সেতু বন্ধ, তবু মানুষ পার হয়।", "সেতু বন্ধ তবু মানুষ পার হয়"),
        ("ta", "பாலம் பழையது, ஆனால் நல்லது!", "பாலம் பழையது ஆனால் நல்லது"),
        ("ka", "ხიდი, რომელიც „ძველია“, დაკეტეს.", "ხიდი რომელიც ძველია დაკეტეს"),
        ("ko", '다리는 막혔다. "왜?" 1,000명이 물었다.', "다리는 막혔다 왜 1,000명이 물었다"),
        ("ko", '“다리”는 (옛)다리, "길"이', "다리는 옛다리 길이"),
        ("en", "Bridge(s) like 12(3) or it‘s", "Bridges like 12(3 or it‘s"),
        ("he", 'צה"ל "גשר"', 'צה"ל גשר'),
        ("zh", "卡万·肖特说：“桥（旧的）早就封闭了……”2，3座。真的吗？", "卡万·肖特说桥旧的早就封闭了2，3座真的吗"),
        ("ja", "「古い橋」は、もう閉まっている。本当？", "古い橋はもう閉まっている本当"),
        ("th", "“สะพาน” เก่า, ปิด 10.30 น. จริงหรือ?", "สะพาน เก่า ปิด 10.30 น จริงหรือ"),
        ("my", "တံတားကို ပိတ်ထား၊ လူများ ဖြတ်ကူးသည်။", "တံတားကို ပိတ်ထား လူများ ဖြတ်ကူးသည်"),
    ],
)
def test_marks_go_by_script(lang: str, text: str, expected: str) -> None:
    assert without(text, lang) == nfc(expected)


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("en", "He left, at last. “Why?” Nobody knows...", "He left, at last “Why” Nobody knows"),
        ("en", "No (not yet). Mr. Lind came, etc. and so on", "No (not yet) Mr. Lind came, etc. and so on"),
        ("el", "Είναι, λοιπόν; Ναι· είναι.", "Είναι, λοιπόν Ναι· είναι"),
        ("hi", "बंद है। “क्यों?”", "बंद है “क्यों”"),
        ("zh", "封闭了。“真的吗？”他说，是！", "封闭了“真的吗”他说，是"),
    ],
)
def test_final_marks_go_first(lang: str, text: str, expected: str) -> None:
    assert without(text, lang, inner=0.0) == expected
    assert sample(DROP, plain_item(text, lang), 1, seed=1).text("text") == expected


@pytest.mark.parametrize(
    ("lang", "text", "strays"),
    [
        ("en", "old bridge", ",.;:!?"),
        ("el", "παλιά γέφυρα", ",.·:!;"),
        ("ar", "الجسر القديم", "،.؛:!؟"),
        ("ur", "پرانا پل", "،۔؛:!؟"),
        ("hi", "पुराना पुल", ",।;:!?"),
        ("mr", "जुना पूल", ",.;:!?"),
        ("ta", "பழைய பாலம்", ",.;:!?"),
        ("zh", "老桥", ""),
        ("zh", "人们仍然", "，。；：！？"),
        ("ja", "橋は", "、。；：！？"),
        ("my", "လူ များ", "၊။;:!?"),
        ("th", "สะพานเก่า", ",.;:!?"),
        ("zh", "AI 时代", ",.;:!?"),
    ],
)
def test_strays_are_those_of_the_script_of_the_word(lang: str, text: str, strays: str) -> None:
    """Behind the first word, which may be the only one."""
    item = plain_item(nfc(text), lang)
    options = next((options for _, options in propose(DROP, item, draw_for(DROP))), ())
    assert "".join(option.edits[0][1].new for option in options) == strays
    assert {option.edits[0][1].start for option in options} <= {item.fields["text"].words[0][1]}


def test_strays_stand_behind_words_that_no_mark_follows() -> None:
    item = plain_item("one, two-three four 5 (six) seven", "en")
    words = [item.fields["text"].text[slice(*unit.span)] for unit in DROP.units(item) if unit.kind == NOISE]
    assert words == ["three", "four"]


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("ar", "نعم، لكن؛ لماذا؟ لا.", "نعم, لكن; لماذا? لا."),
        ("ar", "نعم, لكن 3,5?", "نعم، لكن 3,5؟"),
        ("fa", "بسته است، چرا؟!", "بسته است, چرا?!"),
        ("ur", "بند ہے۔ ہے نا?", "بند ہے. ہے نا؟"),
        ("ur", "بند ہے.", "بند ہے۔"),
        ("hi", "बंद है। डॉ. शर्मा, आप?", "बंद है. डॉ. शर्मा, आप?"),
        ("hi", "लोग जाते हैं.", "लोग जाते हैं।"),
        ("mr", "पूल बंद आहे.", "पूल बंद आहे."),
        ("bn", "মানুষ পার হয়।", "মানুষ পার হয়."),
        ("pa", "ਲੋਕ ਲੰਘਦੇ ਹਨ.", "ਲੋਕ ਲੰਘਦੇ ਹਨ।"),
        ("el", "Γιατί; Ναι· έτσι.", "Γιατί? Ναι; έτσι."),
        ("el", "Γιατί?", "Γιατί;"),
        ("zh", "桥（旧）：封闭了，真的、是吗？", "桥(旧):封闭了,真的,是吗?"),
        ("zh", "封闭了,是 3.5 米?", "封闭了，是 3.5 米？"),
        ("ja", "橋は、もう。そう?", "橋は,もう.そう？"),
        ("my", "ပိတ်ထား၊ လူများ။", "ပိတ်ထား, လူများ."),
        ("de", "Die Straße ist „alt“, nicht?", "Die Straße ist „alt“, nicht?"),
        ("ko", "다리는 막혔다.", "다리는 막혔다."),
        ("qqx", "лес, дом", "лес, дом"),
        ("qqx", "لكن, نعم", "لكن، نعم"),
    ],
)
def test_marks_are_exchanged_between_conventions(lang: str, text: str, expected: str) -> None:
    assert swapped(text, lang) == nfc(expected)


def test_a_mark_in_its_own_token_is_exchanged_and_no_token_is_lost() -> None:
    tokens = ["पुल", "बंद", "है", ",", "क्यों", "?", "।", "डॉ.", "U.S.A.", "3,5"]
    item = Item("fixture", "test", "1", {"tokens": token_field(tokens, "hi", "1")})
    assert not DROP.units(item)
    assert sample(SWAP, item, 5, seed=1).text("tokens") == "पुल बंद है , क्यों ? . डॉ. U.S.A. 3,5"


def test_marks_inside_answers_go_with_them_unless_they_are_protected() -> None:
    text = "It was Lind, J. (the old one), they say."
    span = (text.index("Lind"), text.index(")") + 1)
    for keep, frozen, expected in (((span,), (), "Lind J the old one"), ((), (span,), "Lind, J. (the old one)")):
        item = Item("fixture", "test", "1", {"text": plain_field(text, "en", "1", keep, frozen)})
        perturbed = sample(DROP, item, 3, seed=1)
        left, right = perturbed.projection("text").span(span)
        assert perturbed.text("text")[left:right] == expected


def test_a_text_of_marks_alone_keeps_them() -> None:
    assert not DROP.units(plain_item("?! ...", "en"))


def test_a_mark_that_bears_an_accent_stays_under_it() -> None:
    assert without("Yes.\u0301 No.", "en") == "Yes.\u0301 No"


def test_addresses_keep_their_marks() -> None:
    assert without("See www.example.org/a,b, or ask me@example.org.", "en") == (
        "See www.example.org/a,b, or ask me@example.org"
    )


def test_rates_are_those_of_the_kinds() -> None:
    assert [LEVELS["drop"].rates[kind] for kind in (FINAL, INNER, NOISE)] == [
        (1, 1, 1, 1, 1), (0, 0.5, 1, 1, 1), (0, 0, 0, 0.1, 0.2),
    ]  # fmt: skip
