"""Writes src/crosswind/resources/cldr_names.json: what languages call countries, cities, languages, months and days.

They are of use for exchanging a name for another of its kind, so names that read badly in a sentence are left out
("Congo - Kinshasa"), and so are territories where hardly anyone lives. A name that stands for two kinds belongs to the
first. Months and weekdays may have two forms, in a date and alone, which are kinds of their own.

    pip install babel==2.18.0 && python -m tools.cldr_names
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import babel
import regex
from babel import localedata
from babel.core import get_cldr_version
from tools.table_file import write

from crosswind.languages import LANGUAGES
from crosswind.text.normal import normalise

UNINHABITED_OR_SMALL = """
AC AQ AS AX BL BM BQ BV CC CK CP CQ CW CX DG EA EU EZ FK FO GF GG GI GP GS GU HM IC IM IO JE KY MF MP MQ MS NC NF NU
PF PM PN QO RE SH SJ SX TA TC TF TK UM UN VG VI WF XA XB YT ZZ HK MO
"""
TONGUES = """
af am ar az be bg bn bs ca cs cy da de el en es et eu fa fi fr ga gl gu he hi hr hu hy id is it ja jv ka kk km kn ko
ky lo lt lv mk ml mn mr ms mt my ne nl no or pa pl ps pt qu ro ru si sk sl so sq sr sv sw ta te tg th tk tr uk ur uz
vi yo zh zu
"""
CITIES = """
Africa/Abidjan Africa/Accra Africa/Addis_Ababa Africa/Algiers Africa/Bamako Africa/Brazzaville Africa/Cairo
Africa/Casablanca Africa/Dakar Africa/Dar_es_Salaam Africa/Harare Africa/Johannesburg Africa/Kampala Africa/Khartoum
Africa/Kigali Africa/Kinshasa Africa/Lagos Africa/Luanda Africa/Lusaka Africa/Maputo Africa/Mogadishu Africa/Monrovia
Africa/Nairobi Africa/Tripoli Africa/Tunis Africa/Windhoek America/Anchorage America/Bogota America/Buenos_Aires
America/Caracas America/Chicago America/Denver America/Detroit America/Guayaquil America/Halifax America/Havana
America/La_Paz America/Lima America/Los_Angeles America/Managua America/Mexico_City America/Montevideo
America/Monterrey America/New_York America/Phoenix America/Port-au-Prince America/Santiago America/Santo_Domingo
America/Sao_Paulo America/Tegucigalpa America/Tijuana America/Toronto America/Vancouver America/Winnipeg Asia/Almaty
Asia/Amman Asia/Baghdad Asia/Baku Asia/Bangkok Asia/Beirut Asia/Calcutta Asia/Colombo Asia/Damascus Asia/Dhaka
Asia/Dubai Asia/Dushanbe Asia/Jakarta Asia/Jerusalem Asia/Kabul Asia/Karachi Asia/Katmandu Asia/Kuala_Lumpur
Asia/Manila Asia/Novosibirsk Asia/Omsk Asia/Phnom_Penh Asia/Pyongyang Asia/Rangoon Asia/Riyadh Asia/Samarkand
Asia/Saigon Asia/Seoul Asia/Shanghai Asia/Taipei Asia/Tashkent Asia/Tbilisi Asia/Tehran Asia/Tokyo Asia/Ulaanbaatar
Asia/Vientiane Asia/Vladivostok Asia/Yakutsk Asia/Yerevan Australia/Adelaide Australia/Brisbane Australia/Darwin
Australia/Melbourne Australia/Perth Australia/Sydney Europe/Amsterdam Europe/Athens Europe/Belgrade Europe/Berlin
Europe/Bratislava Europe/Brussels Europe/Bucharest Europe/Budapest Europe/Chisinau Europe/Copenhagen Europe/Dublin
Europe/Helsinki Europe/Istanbul Europe/Kiev Europe/Lisbon Europe/Ljubljana Europe/London Europe/Madrid Europe/Minsk
Europe/Moscow Europe/Oslo Europe/Paris Europe/Prague Europe/Riga Europe/Rome Europe/Samara Europe/Sarajevo
Europe/Skopje Europe/Sofia Europe/Stockholm Europe/Tallinn Europe/Tirane Europe/Vienna Europe/Vilnius Europe/Volgograd
Europe/Warsaw Europe/Zagreb Europe/Zurich Pacific/Auckland Pacific/Honolulu
"""
COMMON_WORDS = {
    "az": {"bazar"},  # market
    "bg": {"май"},  # it seems
    "fa": {"مه"},  # fog
    "ro": {"mai"},  # more
    "ur": {"ہفتہ"},  # week
    "vi": {"Áo"},  # clothes, where it begins a sentence
}
MOST_WORDS = 3
PLAIN = regex.compile(r"[\p{L}\p{M}\p{Nd}'’ʼ\-‐ ·.\u200C\u200D]*\p{L}[\p{L}\p{M}\p{Nd}'’ʼ\-‐ ·.\u200C\u200D]*")
LATIN = "Latn"
FORMS = {"format": "", "stand-alone": " alone"}


def main() -> None:
    """Collect, and write the table with its provenance."""
    version = f"CLDR {get_cldr_version()}, Babel {babel.__version__}"
    write("cldr_names", body(), source="CLDR display names, through Babel", source_version=version)


def body() -> dict[str, dict[str, list[str]]]:
    """The names of every kind in each language that CLDR speaks; Haitian Creole it does not, and gives it French."""
    return {code: distinct(kinds(code), COMMON_WORDS.get(code, set())) for code in LANGUAGES if code != "ht"}


def kinds(code: str) -> Iterator[tuple[str, Iterable[str]]]:
    """The names of each kind in a language, as CLDR has them."""
    locale = babel.Locale.parse(code)
    territories = {key: name for key, name in locale.territories.items() if len(key) == 2 and key.isalpha()}
    yield "territory", (territories[key] for key in sorted(territories.keys() - {*UNINHABITED_OR_SMALL.split()}))
    yield "city", filter(None, (city(locale, zone, LANGUAGES[code].script) for zone in CITIES.split()))
    yield "language", (locale.languages[key] for key in TONGUES.split() if key in locale.languages)
    for kind in ("month", "day"):
        for form, ending in FORMS.items():
            yield kind + ending, calendar(locale, kind, form)


def city(locale: Any, zone: str, script: str) -> str:
    """The city that a zone is named for; where a language in Latin letters has no other name, the zone's own."""
    own = str(locale.time_zones.get(zone, {}).get("city", ""))
    return own or (zone.rpartition("/")[2].replace("_", " ") if script == LATIN else "")


def calendar(locale: Any, kind: str, form: str) -> list[str]:
    """The months or days in a form that a language tells apart; none where it does not."""
    # What Babel gives for an alias is that of whatever language it resolved last, so only a language's own data count.
    found: Any = localedata.load(str(locale))
    for key in (f"{kind}s", form, "wide"):
        found = found.get(key, {}) if isinstance(found, Mapping) else {}
        found = found[1] if isinstance(found, tuple) else found  # an alias with what the language has besides
    return [found[number] for number in sorted(found)] if isinstance(found, Mapping) else []


def distinct(kinds: Iterator[tuple[str, Iterable[str]]], barred: Iterable[str]) -> dict[str, list[str]]:
    """Every plain name once, under the first kind that has it; kinds with fewer than two names offer no exchange."""
    seen = dict.fromkeys(barred)
    found: dict[str, list[str]] = {}
    for kind, names in kinds:
        new = [name for name in map(normal, names) if is_plain(name) and name not in seen]
        found[kind] = list(dict.fromkeys(new))
        seen |= dict.fromkeys(new)
    return {kind: names for kind, names in found.items() if len(names) > 1}


def normal(name: str) -> str:
    """A name as it would stand in a text."""
    return normalise(" ".join(name.split())).text


def is_plain(name: str) -> bool:
    """Whether a name is short and has no remarks in it."""
    return bool(PLAIN.fullmatch(name)) and " - " not in name and len(name.split()) <= MOST_WORDS


if __name__ == "__main__":
    main()
