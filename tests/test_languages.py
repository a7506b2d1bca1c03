import pytest

from crosswind.catalog import UnknownName
from crosswind.languages import GROUPS, LANGUAGES, expand, language


def test_the_groups_are_the_benchmarks() -> None:
    assert len(LANGUAGES) == len(GROUPS["xtreme-r"]) == 50
    assert set(GROUPS["xtreme-r"]) - set(GROUPS["xtreme"]) == {
        "az",
        "gu",
        "ht",
        "lt",
        "pa",
        "pl",
        "qu",
        "ro",
        "uk",
        "wo",
    }


def test_families_and_scripts() -> None:
    families = {found.family for found in LANGUAGES.values()}
    assert len(families - {"Isolate"}) == 14
    assert [code for code, found in LANGUAGES.items() if found.family == "Isolate"] == ["eu", "ko"]
    assert [code for code, found in LANGUAGES.items() if not found.spaced] == ["ja", "my", "th", "zh"]
    assert all(len(found.script) == 4 and len(found.iso639_3) == 3 and found.name for found in LANGUAGES.values())
    assert len({found.iso639_3 for found in LANGUAGES.values()}) == 50


def test_expand_keeps_order_and_names_each_language_once() -> None:
    assert expand(["sw", "de", "sw"]) == ("sw", "de")
    assert expand(["wo", "xtreme"])[:2] == ("wo", "af")
    assert expand("xtreme-r") == GROUPS["xtreme-r"]


@pytest.mark.parametrize(("name", "near"), [("xtrem-r", "'xtreme-r'"), ("swa", "'sw'")])
def test_an_unknown_name_is_refused_with_the_nearest(name: str, near: str) -> None:
    with pytest.raises(UnknownName, match=near):
        expand([name])
    with pytest.raises(UnknownName, match="allowed"):
        language("swa")
