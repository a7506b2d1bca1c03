"""The README is true: its tree lists every module, its study is read, its files are there."""

import re
import tomllib
from pathlib import Path

from crosswind.plan import make_plan
from crosswind.study_file import load_study

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str = "") -> list[str]:
    """The fenced blocks of one language, in order."""
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    return [text for name, text in fenced if name == language]


def test_the_tree_lists_every_module() -> None:
    tree = next(block for block in blocks() if "src/crosswind/" in block)
    source = ROOT / "src" / "crosswind"
    modules = {path.name for path in source.rglob("*.py")} - {"__init__.py", "__main__.py", "base.py"}
    folders = {f"{path.name}/" for path in source.iterdir() if path.is_dir() and any(path.glob("*.py"))}
    missing = sorted(name for name in modules | folders if not re.search(rf"(?<![\w.]){re.escape(name)}", tree))
    assert missing == []


def test_the_tree_lists_nothing_else() -> None:
    tree = next(block for block in blocks() if "src/crosswind/" in block)
    named = set(re.findall(r"\b[\w]+\.py\b", tree))
    there = {path.name for folder in ("src", "tools", "benchmarks") for path in (ROOT / folder).rglob("*.py")}
    assert named - there == set()


def test_the_study_is_twelve_lines_that_are_read(tmp_path: Path) -> None:
    text = blocks("toml")[0]
    assert len(text.splitlines()) <= 13
    tomllib.loads(text)
    path = tmp_path / "order.toml"
    path.write_text(text, encoding="utf-8")
    plan = make_plan(load_study(path))
    assert f"trainings: {plan.one_by_one} one by one, {plan.count('train')} with equal ones merged" in README


def test_links_lead_somewhere() -> None:
    links = re.findall(r"\]\(([^)]+)\)", README)
    assert [link for link in links if not (ROOT / link).exists()] == []
