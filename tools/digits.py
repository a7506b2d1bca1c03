"""Writes src/crosswind/resources/digits.json: the digits that a language has besides 0 to 9.

They are those of CLDR's native numbering system, where it counts by tens and its digits are of the language's script:
Javanese in Latin letters has no use for Javanese digits, and Chinese numerals are letters themselves.

    apt-get install libicu-dev && pip install pyicu==2.17 && python -m tools.digits
"""

import unicodedata

import icu
from tools.table_file import write

from crosswind.languages import LANGUAGES

SHARED = "Zyyy"  # the script of what several scripts use, such as the Arabic digits


def main() -> None:
    """Collect, and write the table with its provenance."""
    write("digits", body(), source="CLDR native numbering systems, through ICU")


def body() -> dict[str, dict[str, str]]:
    """The name and the ten digits of each language's own numbering system."""
    systems = {code: icu.NumberingSystem.createInstance(icu.Locale(f"{code}@numbers=native")) for code in LANGUAGES}
    return {
        code: {"system": system.getName(), "digits": system.getDescription()}
        for code, system in systems.items()
        if are_own_digits(system.getDescription(), LANGUAGES[code].script)
    }


def are_own_digits(digits: str, language_script: str) -> bool:
    """Whether these are ten decimal digits other than ASCII's, shared among scripts or of this one."""
    values = [unicodedata.decimal(digit, None) for digit in digits]
    own = icu.Script.getScript(digits[0]).getShortName() in {SHARED, language_script}
    return values == list(range(10)) and digits[0] != "0" and own


if __name__ == "__main__":
    main()
