import hashlib
import json
from pathlib import Path

import pytest
from tools import hanzi

import crosswind
from crosswind.text.clusters import clusters, script
from crosswind.text.tables import file_of, table

RESOURCES = Path(crosswind.__file__).parent / "resources"


@pytest.mark.parametrize("name", sorted(path.stem for path in RESOURCES.glob("*.json")))
def test_a_table_says_where_it_comes_from(name: str) -> None:
    whole = file_of(name)
    assert all(whole["meta"][key] for key in ("source", "source_version", "licence", "generator", "date"))
    body = json.dumps(whole["body"], sort_keys=True).encode()
    assert hashlib.sha256(body).hexdigest() == whole["meta"]["sha256"]


def test_script_unigrams_are_the_table_that_results_were_made_with() -> None:
    digest = "5dde8c564d13"
    assert file_of("script_unigrams")["meta"]["sha256"].startswith(digest), (
        "the table changed: raise TypoEdit.VERSION and put the new digest here"
    )


def test_script_unigrams_are_single_clusters_of_their_script() -> None:
    for name, signs in table("script_unigrams").items():
        assert 20 <= len(signs) <= 40, name
        assert len(set(signs)) == len(signs)
        assert all(script(sign[0]) == name and len(clusters(sign)) == 1 for sign in signs)


@pytest.mark.parametrize(
    ("name", "digest", "classes"), [("keyboards", "b840b00f99e9", "TypoKey"), ("hanzi", "59b32442671a", "TypoKey")]
)
def test_tables_are_those_that_results_were_made_with(name: str, digest: str, classes: str) -> None:
    assert file_of(name)["meta"]["sha256"].startswith(digest), (
        f"the table {name} changed: raise the VERSION of {classes} and put the new digest here"
    )


def test_keyboards_are_what_xkb_and_cldr_say() -> None:
    pytest.importorskip("xkbcommon")
    from tools import keyboards

    if not (keyboards.CLDR.is_dir() and keyboards.UNICODE.is_dir()):
        pytest.skip("Debian's unicode-data and unicode-cldr-core are not installed")
    assert keyboards.tables() == table("keyboards")


def test_neighbours_are_mutual_and_no_key_is_its_own() -> None:
    for layout, keys in table("keyboards")["layouts"].items():
        beside = {sign: found.split() for sign, found in keys.items()}
        assert all(sign not in found for sign, found in beside.items()), layout
        # a sign that stands on two keys is looked for where it needs no shift, and its other neighbours keep it
        lopsided = [(sign, other) for sign, found in beside.items() for other in found if sign not in beside[other]]
        assert len(lopsided) <= 0.1 * sum(map(len, beside.values())), (layout, lopsided)


def test_hanzi_are_what_unihan_says() -> None:
    if not hanzi.UNIHAN.is_dir():
        pytest.skip("Debian's unicode-data is not installed")
    assert hanzi.tables() == table("hanzi")
