"""docs/pocket.md is true of the code: its table of languages, its tasks, its example, its links."""

import re
from pathlib import Path

import pytest

from crosswind import catalog, pocket
from crosswind.plan import make_plan
from crosswind.study_file import load_study

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "pocket.md").read_text(encoding="utf-8")
STUDY = """
name = "documented"
seeds = [1]
base = { model = "pocket" }
targets = ["pocket-nli"]
"""


@pytest.mark.parametrize("language", pocket.LANGUAGES.values(), ids=pocket.LANGUAGES)
def test_every_language_stands_with_its_dials(language: pocket.PocketLanguage) -> None:
    dials = [
        language.code,
        language.script,
        language.order,
        language.adjective,
        language.adposition,
        f"{language.overlap:g}",
        language.morphology,
        "yes" if language.spaced else "no",
        language.names,
        f"{language.resource:g}",
        f"{language.pairs:g}",
    ]
    assert f"| {' | '.join(dials)} |" in TEXT


def test_every_task_is_described() -> None:
    assert [name for name in catalog.FAMILIES["tasks"] if f"`{name}`" not in TEXT and "pocket-" in name] == []


def test_the_example_is_read(tmp_path: Path) -> None:
    (example,) = re.findall(r"^```toml\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    path = tmp_path / "study.toml"
    path.write_text(STUDY + example + '[[arm]]\nname = "full"\n', encoding="utf-8")
    languages = {cell.language for cell in make_plan(load_study(path)).cells}
    assert {"taruvik", "taruvik~order=SOV", "taruvik~overlap=0.8"} <= languages
    assert len(languages) == 7


def test_links_lead_somewhere() -> None:
    assert [link for link in re.findall(r"\]\(([^)#]+)\)", TEXT) if not (DOCS / link).exists()] == []
