import pytest
from tools import native_rules

from crosswind.text.tables import table


def test_native_rules_are_those_that_are_written_down() -> None:
    assert native_rules.built() == table("native_rules"), "run tools/native_rules.py, then raise TypoNative.VERSION"


@pytest.mark.parametrize(
    "wrong",
    ["x 1 a>b", "[de : Latn]\nx: a>b", "[de : Latn]\nx 1: ab", "[de : Latn]\nx 1: >b", "[de : Latn]\nx 1: a[b>c"],
)
def test_a_rule_that_says_nothing_is_refused(wrong: str) -> None:
    with pytest.raises(AssertionError):
        [list(native_rules.rules_of(section, {})) for section in native_rules.read(wrong)]


def test_rules_move_to_other_indic_scripts_and_leave_behind_what_these_lack() -> None:
    rule = {"find": "ि", "replace": "ी", "left": "कख", "script": "Deva"}
    assert native_rules.transposed(rule, "Deva", "Taml") == {"find": "ி", "replace": "ீ", "left": "க", "script": "Taml"}
    assert native_rules.transposed({"find": "ख", "replace": "क", "script": "Deva"}, "Deva", "Taml") is None
