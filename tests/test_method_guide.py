"""docs/methods.md is what the code says, and `crosswind list` leads to it."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from tools import method_guide

from crosswind import catalog
from crosswind.cli import main


def test_the_guide_is_what_its_tool_writes() -> None:
    written = method_guide.TARGET.read_text(encoding="utf-8")
    assert written == method_guide.guide(), "run python -m tools.method_guide and look at what has changed"


def test_every_entry_has_its_section_and_every_setting_its_line() -> None:
    written = method_guide.TARGET.read_text(encoding="utf-8")
    for family in method_guide.CHAPTERS:
        for name in catalog.FAMILIES[family]:
            section = written.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
            assert section.count("\nPaper") == 1
            for field in catalog.load(family, name).model_fields:
                assert f"| `{field}` |" in section


def test_an_entry_that_nobody_wrote_about_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(catalog.FAMILIES["methods"], "wide", "crosswind.methods.full:Full")
    with pytest.raises(ValueError, match=r"methods/wide is in the catalogue, .*tools/method_guide/methods/wide\.md"):
        method_guide.guide()


def test_a_section_without_paper_or_equation_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(method_guide, "PIECES", tmp_path)
    (tmp_path / "methods").mkdir()
    for text in ("Paper: one.", "    a = b\n\nNo paper."):
        (tmp_path / "methods" / "full.md").write_text(text, encoding="utf-8")
        with pytest.raises(ValueError, match=r"methods/full\.md needs an equation .* and a line"):
            method_guide.told("methods", "full")


def test_a_section_about_nothing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(catalog.FAMILIES["objectives"], "sam")
    with pytest.raises(ValueError, match="objectives/sam are in no family"):
        method_guide.guide()


@pytest.mark.parametrize("arguments", [["list", "objectives"], ["list", "methods"], ["list"]])
def test_the_list_leads_to_it(arguments: list[str]) -> None:
    assert "docs/methods.md" in CliRunner().invoke(main, arguments).output


def test_other_lists_do_not() -> None:
    assert "docs/methods.md" not in CliRunner().invoke(main, ["list", "perturbations"]).output
