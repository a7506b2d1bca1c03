"""A folder of hunspell dictionaries as a setting: which rules it gives, what its identity is, what is wrong with it."""

import pickle
from pathlib import Path

import pytest

from crosswind.identity import canonical
from crosswind.perturbations.hunspell import Hunspell
from crosswind.perturbations.spelling import Rule
from crosswind.perturbations.typo_native import TypoNative, misspellings
from crosswind.stages import Dataset, Perturb, label
from crosswind.study_file import load_study
from crosswind.tasks.xnli import Xnli

DANISH = """SET UTF-8
TRY esianrtolcdugmphbyfvkwqxz
KEY qwe|asd
# a comment
REP 4
REP ej eg
REP ^hv v
REP nd$ n
REP alligevel alle_ligevel
MAP 2
MAP åa
MAP ß(ss)
"""

STUDY = """name = "own-dictionaries"
seeds = [1]
base = {{ model = "pocket" }}
targets = ["pocket-nli"]
limit = {{ train = 20, dev = 10, test = 10 }}
[[arm]]
name = "full"
[[condition]]
perturbation = {{ kind = "typo_native", hunspell = "{folder}" }}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one dictionary."""
    found = tmp_path / "dictionaries"
    found.mkdir()
    (found / "da_DK.aff").write_text(DANISH, encoding="utf-8")
    return found


def loaded(folder: Path) -> Hunspell:
    found = TypoNative(hunspell=str(folder)).hunspell  # type: ignore[arg-type]
    assert found is not None
    return found


def results(word: str, lang: str, hunspell: Hunspell | None) -> set[str]:
    return {word[: found.start] + found.new + word[found.end :] for found in misspellings(word, lang, "Hans", hunspell)}


def test_replacements_are_undone_and_letters_taken_for_each_other(folder: Path) -> None:
    rules = {(rule.op, rule.find, rule.replace, rule.where) for rule in loaded(folder).rules_of("da")}
    assert {rule for rule in rules if rule[0] == "rep"} == {
        ("rep", "eg", "ej", "any"),
        ("rep", "v", "hv", "initial"),
        ("rep", "n", "nd", "final"),
    }
    assert {rule[1:3] for rule in rules if rule[0] == "map"} == {
        ("a\u030a", "a"), ("a", "a\u030a"), ("ß", "ss"), ("ss", "ß")
    }  # fmt: skip
    assert {rule[1] + rule[2] for rule in rules if rule[0] == "key"} == {"qw", "wq", "we", "ew", "as", "sa", "sd", "ds"}


def test_they_join_the_rules_of_their_language_alone(folder: Path) -> None:
    hunspell = loaded(folder)
    assert {"Vejen", "vegen"} & results("vejen", "da", hunspell) == set()
    assert "vejen" in results("vegen", "da", hunspell)
    assert "hvegen" in results("vegen", "da", hunspell)
    assert "Hvegen" in results("Vegen", "da", hunspell)
    assert results("vegen", "da", None) < results("vegen", "da", hunspell)
    assert results("vegen", "nl", None) == results("vegen", "nl", hunspell)


def test_nothing_is_read_unless_asked_for() -> None:
    assert TypoNative().hunspell is None
    assert "hunspell" not in TypoNative().payload


def test_identity_is_what_the_files_say_and_not_where_they_lie(folder: Path, tmp_path: Path) -> None:
    here = TypoNative(hunspell=str(folder))  # type: ignore[arg-type]
    moved = tmp_path / "moved"
    folder.rename(moved)
    there = TypoNative(hunspell=str(moved))  # type: ignore[arg-type]
    assert here == there
    assert here.id == there.id != TypoNative().id
    assert str(tmp_path) not in canonical(here.payload)
    assert str(tmp_path) not in label(here)
    assert len(canonical(here.payload)) < 300  # the digest stands for the rules
    (moved / "da_DK.aff").write_text(DANISH + "REP x y\n", encoding="utf-8")
    assert TypoNative(hunspell=str(moved)).id != here.id  # type: ignore[arg-type]


def test_it_goes_to_other_processes_without_its_files(folder: Path) -> None:
    here = TypoNative(hunspell=str(folder))  # type: ignore[arg-type]
    (folder / "da_DK.aff").unlink()
    data = Dataset(task=Xnli(), language="de", split="test")
    stage = Perturb(data=data, perturbation=here, severity=1)
    again = pickle.loads(pickle.dumps(stage))
    assert again.id == stage.id
    assert again.perturbation.hunspell.rules_of("da") == here.hunspell.rules_of("da") != ()  # type: ignore[union-attr]


def test_a_study_names_the_folder_from_where_it_lies(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text(STUDY.format(folder="dictionaries"), encoding="utf-8")
    condition = load_study(path).conditions[0]
    assert condition.perturbation.id == TypoNative(hunspell=str(folder)).id  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("readme.txt", b"", "holds no .aff files"),
        ("42.aff", b"REP a b", "named after its language"),
        ("da.aff", b"SET UTF-8\nREP \xff b", "cannot be read as 'UTF-8'"),
        ("da.aff", b"SET KLINGON\nREP a b", "cannot be read as 'KLINGON'"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, name: str, content: bytes, complaint: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=complaint):
        TypoNative(hunspell=str(tmp_path))  # type: ignore[arg-type]


def test_old_encodings_are_read(tmp_path: Path) -> None:
    (tmp_path / "ru_RU.aff").write_bytes("SET KOI8-R\nREP и ы\n".encode("koi8-r"))
    (tmp_path / "uk_UA.aff").write_bytes("SET microsoft-cp1251\nREP и і\n".encode("cp1251"))
    (tmp_path / "es_ES.aff").write_bytes("REP ñ n\n".encode("latin-1"))
    (tmp_path / "th_TH.aff").write_bytes("SET TIS620-2533\nREP ไ ใ\n".encode("tis-620"))
    hunspell = loaded(tmp_path)
    assert hunspell.rules_of("ru") == (Rule("rep", "ы", "и"),)
    assert hunspell.rules_of("uk") == (Rule("rep", "і", "и"),)
    assert hunspell.rules_of("es") == (Rule("rep", "n", "n\u0303"),)
    assert hunspell.rules_of("th") == (Rule("rep", "ใ", "ไ"),)
