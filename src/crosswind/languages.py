"""The languages of XTREME-R: one table of codes, names, scripts and families, and what the two benchmarks cover."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from crosswind.catalog import UnknownName, suggestion


@dataclass(frozen=True, slots=True)
class Language:
    """A language under its code in XTREME-R; `iso639_3` names the variety, `script` is ISO 15924.

    `spaced` says whether its script separates words (or, in Vietnamese, syllables) by spaces.
    """

    code: str
    name: str
    iso639_3: str
    script: str
    family: str
    xtreme: bool = True
    xtreme_r: bool = True
    spaced: bool = True


TABLE = (
    Language("af", "Afrikaans", "afr", "Latn", "Indo-European"),
    Language("ar", "Arabic", "arb", "Arab", "Afro-Asiatic"),
    Language("az", "Azerbaijani", "azj", "Latn", "Turkic", xtreme=False),
    Language("bg", "Bulgarian", "bul", "Cyrl", "Indo-European"),
    Language("bn", "Bengali", "ben", "Beng", "Indo-European"),
    Language("de", "German", "deu", "Latn", "Indo-European"),
    Language("el", "Greek", "ell", "Grek", "Indo-European"),
    Language("en", "English", "eng", "Latn", "Indo-European"),
    Language("es", "Spanish", "spa", "Latn", "Indo-European"),
    Language("et", "Estonian", "ekk", "Latn", "Uralic"),
    Language("eu", "Basque", "eus", "Latn", "Isolate"),
    Language("fa", "Persian", "pes", "Arab", "Indo-European"),
    Language("fi", "Finnish", "fin", "Latn", "Uralic"),
    Language("fr", "French", "fra", "Latn", "Indo-European"),
    Language("gu", "Gujarati", "guj", "Gujr", "Indo-European", xtreme=False),
    Language("he", "Hebrew", "heb", "Hebr", "Afro-Asiatic"),
    Language("hi", "Hindi", "hin", "Deva", "Indo-European"),
    Language("ht", "Haitian Creole", "hat", "Latn", "Creole", xtreme=False),
    Language("hu", "Hungarian", "hun", "Latn", "Uralic"),
    Language("id", "Indonesian", "ind", "Latn", "Austronesian"),
    Language("it", "Italian", "ita", "Latn", "Indo-European"),
    Language("ja", "Japanese", "jpn", "Jpan", "Japonic", spaced=False),
    Language("jv", "Javanese", "jav", "Latn", "Austronesian"),
    Language("ka", "Georgian", "kat", "Geor", "Kartvelian"),
    Language("kk", "Kazakh", "kaz", "Cyrl", "Turkic"),
    Language("ko", "Korean", "kor", "Kore", "Isolate"),
    Language("lt", "Lithuanian", "lit", "Latn", "Indo-European", xtreme=False),
    Language("ml", "Malayalam", "mal", "Mlym", "Dravidian"),
    Language("mr", "Marathi", "mar", "Deva", "Indo-European"),
    Language("ms", "Malay", "zsm", "Latn", "Austronesian"),
    Language("my", "Burmese", "mya", "Mymr", "Sino-Tibetan", spaced=False),
    Language("nl", "Dutch", "nld", "Latn", "Indo-European"),
    Language("pa", "Punjabi", "pan", "Guru", "Indo-European", xtreme=False),
    Language("pl", "Polish", "pol", "Latn", "Indo-European", xtreme=False),
    Language("pt", "Portuguese", "por", "Latn", "Indo-European"),
    Language("qu", "Quechua", "quz", "Latn", "Quechuan", xtreme=False),
    Language("ro", "Romanian", "ron", "Latn", "Indo-European", xtreme=False),
    Language("ru", "Russian", "rus", "Cyrl", "Indo-European"),
    Language("sw", "Swahili", "swh", "Latn", "Niger-Congo"),
    Language("ta", "Tamil", "tam", "Taml", "Dravidian"),
    Language("te", "Telugu", "tel", "Telu", "Dravidian"),
    Language("th", "Thai", "tha", "Thai", "Kra-Dai", spaced=False),
    Language("tl", "Tagalog", "tgl", "Latn", "Austronesian"),
    Language("tr", "Turkish", "tur", "Latn", "Turkic"),
    Language("uk", "Ukrainian", "ukr", "Cyrl", "Indo-European", xtreme=False),
    Language("ur", "Urdu", "urd", "Arab", "Indo-European"),
    Language("vi", "Vietnamese", "vie", "Latn", "Austro-Asiatic"),
    Language("wo", "Wolof", "wol", "Latn", "Niger-Congo", xtreme=False),
    Language("yo", "Yoruba", "yor", "Latn", "Niger-Congo"),
    Language("zh", "Chinese", "cmn", "Hans", "Sino-Tibetan", spaced=False),
)

LANGUAGES: Mapping[str, Language] = {language.code: language for language in TABLE}

GROUPS: Mapping[str, tuple[str, ...]] = {
    "xtreme": tuple(language.code for language in TABLE if language.xtreme),
    "xtreme-r": tuple(language.code for language in TABLE if language.xtreme_r),
}


def language(code: str) -> Language:
    """The language of a code; raises UnknownName with the nearest code."""
    if code not in LANGUAGES:
        raise UnknownName(f"{code!r} is not the code of a language{suggestion(code, LANGUAGES)}")
    return LANGUAGES[code]


def expand(names: str | Iterable[str]) -> tuple[str, ...]:
    """The codes that codes and names of groups stand for, each once, in the order given; raises UnknownName."""
    names = (names,) if isinstance(names, str) else names
    codes: dict[str, None] = {}
    for name in names:
        if name not in GROUPS and name not in LANGUAGES:
            allowed = [*GROUPS, *LANGUAGES]
            raise UnknownName(f"{name!r} is neither a language nor a group of languages{suggestion(name, allowed)}")
        codes |= dict.fromkeys(GROUPS.get(name, (name,)))
    return tuple(codes)
