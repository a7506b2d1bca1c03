"""Text that others have perturbed: brought together with the clean items, by ids or by likeness."""

import json
import os
from pathlib import Path

import pytest

from crosswind.gauntlet.records import entry, written
from crosswind.perturbations.recorded import Recorded
from crosswind.perturbations.sampling import sample
from crosswind.perturbations.typo_edit import TypoEdit
from crosswind.plan import make_plan
from crosswind.recordings import matched, recorded
from crosswind.stages import Perturb, label
from crosswind.study_file import load_study
from crosswind.text.item import Item, plain_field, token_field
from crosswind.text.normal import normalise
from tests.test_study import said

DATA = Path(os.environ.get("CROSSWIND_DATA", "/nonexistent"))
PAIRS = [
    ("Die Brücke ist seit langem gesperrt.", "Niemand darf über die Brücke."),
    ("Die Brücke ist seit langem gesperrt.", "Die Brücke wurde nie gebaut."),
    ("Im Sommer kommen viele Gäste an den See.", "Der See ist im Sommer leer."),
    ("Er hat das Buch gelesen und zurückgegeben.", "Das Buch ist wieder da."),
]


def items() -> list[Item]:
    return [
        Item(
            "xnli",
            "test",
            str(number),
            {"first": plain_field(one, "de", str(number)), "second": plain_field(two, "de", str(number))},
        )
        for number, (one, two) in enumerate(PAIRS)
    ]


def change(**settings: object) -> Recorded:
    return Recorded(title="mine", **settings)  # type: ignore[arg-type]


def test_rows_go_to_the_items_that_they_are_like(tmp_path: Path) -> None:
    path = tmp_path / "noisy.tsv"
    path.write_text(
        "premise\thypothesis\tlabel\n"
        "'Im Sommer komen viele Gäste an den Se.'\t'Der See ist im Sommer ler.'\t2\n"
        "'Die Brüke ist seid langem gesperrt.'\t'Die Brücke wurde nie gebauht.'\t2\n"
        "'Ganz etwas anderes steht in dieser Zeile.'\t'Nichts davon.'\t1\n",
        encoding="utf-8",
    )
    found = recorded(change(quote="'"), path, items())
    assert sorted(found.changes) == [1, 2]
    assert found.unlike == 1
    assert found.changes[1].text("first") == "Die Brüke ist seid langem gesperrt."
    assert found.changes[1].text("second") == "Die Brücke wurde nie gebauht."
    assert found.changes[2].item.uid == "2"


def test_tagged_words_keep_their_number(tmp_path: Path) -> None:
    tokens = ["Im", "Doppel", "war", "Marcelo", "Melo"]
    item = Item("panx", "test", "7", {"tokens": token_field(tokens, "de", "7")})
    path = tmp_path / "noisy.jsonl"
    rows = [["Im", "Dopel", "war", "Marcelo", "Melo"], ["Im", "Doppel", "war", "Marcelo"]]
    path.write_text("".join(json.dumps({"tokens": row}) + "\n" for row in rows))
    found = recorded(change(), path, [item])
    assert found.changes[0].text("tokens") == "Im Dopel war Marcelo Melo"
    assert found.unlike == 1


def test_exported_records_go_by_their_ids(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    made = [sample(TypoEdit(), item, 5, seed=3) for item in items()]
    path.write_text("".join(written(entry(each, "rate", "B", None, with_text=False)) for each in reversed(made)))
    found = recorded(change(), path, items())
    assert {place: found.changes[place].edits for place in found.changes} == {
        place: each.edits for place, each in enumerate(made)
    }
    other = [
        Item("xnli", "test", "0", {"first": plain_field("Anders.", "de", "0"), "second": items()[0].fields["second"]})
    ]
    with pytest.raises(ValueError, match=r"set\.jsonl:4: was made for another text"):
        recorded(change(), path, other)


def test_columns_are_found_or_named(tmp_path: Path) -> None:
    path = tmp_path / "noisy.csv"
    path.write_text("a,b\n" + ",".join(f'"{text}"' for text in PAIRS[0]) + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"noisy\.csv:2: no column holds the text 'first'; .* out of a, b"):
        recorded(change(), path, items())
    assert sorted(recorded(change(columns={"first": "a", "second": "b"}), path, items()).changes) == [0]


def test_likeness_tells_items_apart_and_knows_strangers() -> None:
    assert matched(["abc defg", "zzz", "abd defh"], ["xyz uvw", "abc defg hi"]) == [1, None, None]


STUDY = """
name = "tiny"
seeds = [1]
base = { model = "pocket" }
targets = ["pocket-nli"]
languages = ["prashil", "solvane"]
[[arm]]
name = "plain"
[[condition]]
perturbation = { kind = "recorded", title = "typos", files = { prashil = "a.tsv" }, licence = "CC BY-NC 4.0" }
"""


def test_a_recording_is_known_by_its_bytes(tmp_path: Path) -> None:
    ids = []
    for folder, text in (("one", "x"), ("two", "x"), ("three", "y")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.tsv").write_text(text)
        (tmp_path / folder / "study.toml").write_text(STUDY)
        plan = make_plan(load_study(tmp_path / folder / "study.toml"))
        (stage,) = (stage for stage in plan.stages.values() if isinstance(stage, Perturb))
        assert label(stage.perturbation) == "recorded:typos"
        assert "CC BY-NC 4.0" in stage.perturbation.acknowledgement
        reasons = {cell.language: cell.reason for cell in plan.cells if cell.condition != "clean"}
        assert "it has no file in solvane" in reasons["solvane"]
        ids.append(stage.id)
    assert ids[0] == ids[1] != ids[2]


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    assert any("there is no file" in line and "a.tsv" in line for line in said(tmp_path, STUDY))


@pytest.mark.skipif(not DATA.is_dir(), reason="CROSSWIND_DATA is not set")
@pytest.mark.parametrize("language", ["de", "hi"])
def test_real_noise_is_found_among_clean_rows(language: str) -> None:
    """Clean XNLI is not at hand, so a third of the noisy file's rows are their own clean items."""
    path = DATA / f"noisy/xnli-test_{language}_typos_0.05.tsv"
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:601]]
    some = [
        Item(
            "xnli",
            "test",
            str(number),
            {
                name: plain_field(normalise(text[1:-1]).text, language, str(number))
                for name, text in zip(("first", "second"), row[:2], strict=True)
            },
        )
        for number, row in enumerate(rows)
        if number % 3 == 0
    ]
    found = recorded(change(quote="'"), path, some)
    assert len(found.changes) == len(some)
