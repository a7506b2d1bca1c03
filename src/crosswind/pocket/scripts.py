"""How syllables of sound are written in each script, as readers of that script would accept them: always NFC.

A syllable is (onset, vowel, coda). Onsets are among `CONSONANTS`, vowels among `VOWELS`, codas among `CODAS` or empty.
"""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from crosswind.randomness import stream

Syllable = tuple[str, str, str]

CONSONANTS = "bdfghklmnprstvyz"
VOWELS = "aeiou"
CODAS = "lmnrst"

GREEK = dict(zip(CONSONANTS + VOWELS, "βδφγχκλμνπρστξθζαειου", strict=True))
CYRILLIC = dict(zip(CONSONANTS + VOWELS, "бдфгхклмнпрствйзаеиоу", strict=True))
GEORGIAN = dict(zip(CONSONANTS + VOWELS, "ბდფგჰკლმნპრსტვჟზაეიოუ", strict=True))
# short e and o go unwritten, as they would in these two
ARABIC = dict(zip(CONSONANTS, "بدفغحكلمنقرستشيز", strict=True)) | {"a": "ا", "e": "", "i": "ي", "o": "", "u": "و"}
HEBREW = dict(zip(CONSONANTS, "בדפגהכלמנקרסטחיז", strict=True)) | {"a": "א", "e": "", "i": "י", "o": "ו", "u": "ו"}
FINALS = {"כ": "ך", "מ": "ם", "נ": "ן", "פ": "ף"}
DEVANAGARI = dict(zip(CONSONANTS, "बदफगहकलमनपरसतवयज", strict=True))
MATRAS = {"a": "", "e": "े", "i": "ि", "o": "ो", "u": "ु"}
THAI = dict(zip(CONSONANTS, "บดฟคหกลมนปรสตวยซ", strict=True))
THAI_TONES = ("", "", "", "\u0e48", "\u0e49")
HANGUL_ONSETS = dict(zip(CONSONANTS, (7, 3, 17, 0, 18, 15, 5, 6, 2, 8, 4, 9, 16, 13, 14, 12), strict=True))
HANGUL_VOWELS = {"a": 0, "e": 5, "i": 20, "o": 8, "u": 13}
HANGUL_CODAS = {"": 0, "l": 8, "m": 16, "n": 4, "r": 17, "s": 19, "t": 7}
HAN = (
    "人大小山水火木土金日月天地上下中左右東西南北春夏秋冬風雨雲雪花草竹石田米麦豆牛馬羊犬鳥魚虫貝"
    "手足口目耳心力子女男父母兄弟友王士工商学校文字書画歌声音色赤青白黒黄光明暗早晩朝夕夜年時今古新旧長短高低"
    "遠近広多少太細強弱重軽開閉出入行来走歩立坐見聞言話読食飲買売作用使持取送受知思考教習始終生死病薬"
    "車船道路橋門戸家村町市国京店庭園野原海川池湖島岸谷林森空星電汽糸布衣服紙筆刀弓矢皿茶酒肉油塩"
    "美元公共同向和品回因団図型堂場報境声壮変夫失好季官定室宮害容寒寺対専将導局居届展岩州巣差己平幸建弁引当形役"
)


def cased(script: str) -> bool:
    """Whether sentences and names begin with a capital."""
    return script in {"Latn", "Cyrl", "Grek"}


def alphabet(letters: Mapping[str, str]) -> Callable[[Sequence[Syllable]], str]:
    """A writer that spells one letter after another."""
    return lambda syllables: "".join(letters[sound] for syllable in syllables for part in syllable for sound in part)


def latin(syllables: Sequence[Syllable]) -> str:
    return "".join(map("".join, syllables))


def greek(syllables: Sequence[Syllable]) -> str:
    """One accent, on the last vowel but one; sigma has its final form at the end."""
    stressed = max(len(syllables) - 2, 0)
    word = "".join(
        GREEK[onset] + GREEK[vowel] + ("\u0301" if index == stressed else "") + "".join(GREEK[sound] for sound in coda)
        for index, (onset, vowel, coda) in enumerate(syllables)
    )
    return word[:-1] + "ς" if word.endswith("σ") else word


def hebrew(syllables: Sequence[Syllable]) -> str:
    word = alphabet(HEBREW)(syllables)
    return word[:-1] + FINALS.get(word[-1], word[-1])


def devanagari(syllables: Sequence[Syllable]) -> str:
    """Codas join the next syllable through a virama; at the end of the word they stand bare, n as anusvara inside."""
    written = []
    for index, (onset, vowel, coda) in enumerate(syllables):
        last = index == len(syllables) - 1
        ending = "" if not coda else DEVANAGARI[coda] if last else "ं" if coda == "n" else DEVANAGARI[coda] + "्"
        written.append(DEVANAGARI[onset] + MATRAS[vowel] + ending)
    return "".join(written)


def thai(syllables: Sequence[Syllable]) -> str:
    """e and o stand before their consonant, i and u above and below it; some syllables bear a tone mark."""
    written = []
    for onset, vowel, coda in syllables:
        letter, tone = THAI[onset], THAI_TONES[stream(0, onset + vowel + coda) % len(THAI_TONES)]
        body = {"a": letter + tone + "า", "e": "เ" + letter + tone, "o": "โ" + letter + tone}
        marked = {"i": letter + "ิ" + tone, "u": letter + "ุ" + tone}
        written.append((body | marked)[vowel] + (THAI[coda] if coda else ""))
    return "".join(written)


def hangul(syllables: Sequence[Syllable]) -> str:
    """One block a syllable."""
    return "".join(
        chr(0xAC00 + (HANGUL_ONSETS[onset] * 21 + HANGUL_VOWELS[vowel]) * 28 + HANGUL_CODAS[coda])
        for onset, vowel, coda in syllables
    )


def han(syllables: Sequence[Syllable]) -> str:
    """One character a syllable, two at most."""
    return "".join(HAN[stream(0, "".join(syllable)) % len(HAN)] for syllable in syllables[:2])


WRITERS: Mapping[str, Callable[[Sequence[Syllable]], str]] = MappingProxyType(
    {
        "Latn": latin,
        "Cyrl": alphabet(CYRILLIC),
        "Grek": greek,
        "Arab": alphabet(ARABIC),
        "Hebr": hebrew,
        "Deva": devanagari,
        "Thai": thai,
        "Geor": alphabet(GEORGIAN),
        "Hang": hangul,
        "Hani": han,
    }
)
QUESTION_MARKS: Mapping[str, str] = MappingProxyType({"Grek": ";", "Arab": "؟", "Hani": "？", "Thai": ""})
MORPHEMIC = {"Hani"}
STOPS: Mapping[str, str] = MappingProxyType({"Deva": "।", "Hani": "。", "Thai": ""})


def spell(syllables: Sequence[Syllable], script: str) -> str:
    """The word of the syllables, lower case, in NFC."""
    return unicodedata.normalize("NFC", WRITERS[script](syllables))


def stop(script: str) -> str:
    """What ends a sentence; empty where nothing does."""
    return STOPS.get(script, ".")


def question_mark(script: str) -> str:
    """What ends a question; empty where nothing does."""
    return QUESTION_MARKS.get(script, "?")
