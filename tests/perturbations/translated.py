"""The fixture sentences' own words with translations, as a careful person would link them; never made by a program."""

from collections.abc import Iterable, Mapping, Sequence

from crosswind.perturbations.dictionary import folded
from crosswind.text.item import Field
from crosswind.text.stock import Phrase, Stock
from tests.text.sentences import nfc

# language of the sentence -> language of the translations -> phrase -> what it says there
TRANSLATED: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "en": {
        "de": {"old": "alte", "bridge": "Brücke", "closed": "gesperrt", "people": "Leute", "still": "noch immer"},
        "hi": {"old": "पुराना", "bridge": "पुल", "people": "लोग", "March": "मार्च"},
    },
    "de": {
        "en": {
            "Straße": "road",
            "über den Fluss": "across the river",
            "schon lange": "long since",
            "gesperrt": "closed",
        }
    },
    "fr": {"en": {"L'élève": "The pupil", "pas encore": "not yet", "traversé": "crossed", "vieux pont": "old bridge"}},
    "tr": {
        "en": {
            "köprüyü": "the bridge",
            "İstanbul'da": "in Istanbul",
            "ilk kez": "for the first time",
            "gördük": "we saw",
        }
    },
    "vi": {"en": {"cầu": "bridge", "cũ": "old", "đóng cửa": "closed", "từ lâu": "long ago"}},
    "yo": {"en": {"Ọmọ náà": "The child", "lọ": "went", "ọjà": "market", "lánàá": "yesterday"}},
    "ru": {
        "en": {
            "Старый": "Old",
            "мост": "bridge",
            "давно": "long since",
            "закрыт": "closed",
            "люди": "people",
            "ходят": "walk",
        },
        "zh": {"Старый": "老", "мост": "桥", "люди": "人们", "всё ещё": "仍然"},
    },
    "el": {
        "en": {
            "παλιά": "old",
            "γέφυρα": "bridge",
            "έκλεισε": "closed",
            "Μάιο": "May",
            "κόσμος": "people",
            "ακόμη": "still",
        }
    },
    "ar": {"en": {"الجسر القديم": "the old bridge", "مغلق": "closed", "زمن طويل": "long time", "الناس": "people"}},
    "fa": {"en": {"پل": "bridge", "قدیمی": "old", "بسته": "closed", "مردم": "people", "می‌گذرند": "pass"}},
    "ur": {"en": {"پرانا": "old", "پل": "bridge", "بند": "closed", "لوگ": "people"}},
    "he": {"en": {"הגשר": "the bridge", "הישן": "old", "סגור": "closed", "אנשים": "people", "שָׁלוֹם": "peace"}},
    "hi": {"en": {"पुराना": "old", "पुल": "bridge", "बंद": "closed", "लोग": "people", "पार करते हैं": "cross"}},
    "bn": {"en": {"পুরানো": "old", "সেতুটি": "the bridge", "বন্ধ": "closed", "মানুষ": "people"}},
    "gu": {"en": {"જૂનો": "old", "પુલ": "bridge", "બંધ": "closed", "લોકો": "people"}},
    "pa": {"en": {"ਪੁਰਾਣਾ": "old", "ਪੁਲ": "bridge", "ਬੰਦ": "closed", "ਲੋਕ": "people"}},
    "ta": {"en": {"பழைய": "old", "பாலம்": "bridge", "மக்கள்": "people"}},
    "te": {"en": {"పాత": "old", "వంతెన": "bridge", "ప్రజలు": "people"}},
    "ml": {"en": {"പഴയ": "old", "പാലം": "bridge", "ആളുകൾ": "people"}},
    "th": {"en": {"สะพาน": "bridge", "เก่า": "old", "ปิด": "closed", "คน": "people", "เดินข้าม": "walk across"}},
    "my": {"en": {"တံတားဟောင်းကို": "the old bridge", "လူများ": "people"}},
    "km": {"en": {"ស្ពាន": "bridge", "ចាស់": "old", "បិទ": "closed", "មនុស្ស": "people"}},
    "lo": {"en": {"ຂົວ": "bridge", "ເກົ່າ": "old", "ປິດ": "closed", "ຄົນ": "people"}},
    "ka": {"en": {"ძველი": "old", "ხიდი": "bridge", "დაკეტილია": "is closed", "ხალხი": "people"}},
    "ko": {
        "en": {
            "오래된": "old",
            "다리는": "the bridge",
            "막혔지만": "is blocked but",
            "사람들은": "people",
            "아직도": "still",
        }
    },
    "zh": {
        "en": {"老": "old", "桥": "bridge", "早就": "long since", "人们": "people", "仍然": "still"},
        "ja": {"桥": "橋", "人们": "人々", "仍然": "まだ"},
    },
    "ja": {
        "en": {
            "古い": "old",
            "橋": "bridge",
            "閉まっている": "is closed",
            "人々": "people",
            "まだ": "still",
            "渡る": "cross",
        },
        "th": {"橋": "สะพาน", "人々": "คน"},
    },
}

# What words of whatever text become: a word, two of them, marks, joiners, scripts without spaces or from right to left.
MARKERS = ("Wort", "two words", "é", "मार्च", "می‌رود", "词", "สะพาน", "كلمة")


def translated(name: str, field: Field) -> Stock:
    """A fixture sentence's phrases, found where its words stand."""
    found = []
    for language, phrases in TRANSLATED.get(field.lang, {}).items():
        for own, other in phrases.items():
            start = field.text.find(nfc(own))
            assert start >= 0, f"{own!r} is not in the sentence of {field.lang}"
            found.append(Phrase((start, start + len(nfc(own))), nfc(other), language, 0.9, "aligned"))
    return Stock(phrases={name: tuple(sorted(found, key=lambda phrase: phrase.span))})


def marked(field: Field) -> tuple[Phrase, ...]:
    """Every word of whatever text with a marker in its place, and now and then one for two words that overlaps them."""
    words = [
        Phrase(span, MARKERS[(index + len(field.text)) % len(MARKERS)], "qqx", 0.9, "aligned")
        for index, span in enumerate(field.words)
    ]
    pairs = [
        Phrase((left[0], right[1]), MARKERS[index % len(MARKERS)], "qqy", 0.9, "aligned")
        for index, (left, right) in enumerate(zip(field.words[::3], field.words[1::3], strict=False))
    ]
    return tuple(sorted(words + pairs, key=lambda phrase: phrase.span))


# Placeholders that can be told from words where people read them.
PLAIN = tuple(f"near-{count}" for count in range(1, 21))


def neighbouring(
    fields: Iterable[Field], marks: Sequence[str] = MARKERS
) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """One to twenty neighbours for whatever stands between two spaces and for words, and what two languages say."""
    found: dict[str, dict[str, tuple[str, ...]]] = {"qqx": {}, "qqy": {}}
    for field in fields:
        words = {field.text[start:end] for start, end in field.words} | set(field.text.split(" "))
        for word in sorted(filter(None, words)):
            number = sum(map(ord, word)) % 20
            own = found.setdefault(field.lang, {})
            own[word] = own[folded(word)] = tuple(map(nfc, (*marks, *PLAIN)[: number + 1]))
            found["qqx"][folded(word)] = tuple(map(nfc, marks[number % 4 : number % 4 + 2])) or ("qqx-word",)
            if number % 2:
                found["qqy"][folded(word)] = (nfc(marks[number % len(marks)]) if marks else "qqy-word",)
    return found
