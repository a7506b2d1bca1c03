"""The questions that crosswind was built to answer, by name: studies on Pocket, and on XTREME-R with a real encoder.

Each is a study file like any other, with its claims and their controls. A user takes a copy and changes it; two people
who leave it as it is have the same stages, and the same digest of claims.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

from crosswind.catalog import suggestion

FOLDER = resources.files("crosswind.questions")
FIRST = "pocket"  # runs everywhere
SUFFIX = ".toml"


@dataclass(frozen=True, slots=True)
class Question:
    """A question with the text of its study on every base."""

    name: str
    asked: str
    editions: Mapping[str, str]

    def on(self, edition: str) -> str:
        """The study on one base; raises ValueError where there is none."""
        if edition not in self.editions:
            raise ValueError(f"{self.name} is asked on {' and on '.join(self.editions)}, not on {edition!r}")
        return self.editions[edition]


@cache
def questions() -> Mapping[str, Question]:
    """All of them, by name."""
    folders = sorted((each for each in FOLDER.iterdir() if each.is_dir()), key=lambda each: each.name)
    found = {}
    for folder in folders:
        files = sorted((file for file in folder.iterdir() if file.name.endswith(SUFFIX)), key=lambda file: file.name)
        editions = {file.name.removesuffix(SUFFIX): file.read_text(encoding="utf-8") for file in files}
        if editions:
            asked = str(tomllib.loads(editions[FIRST])["question"])
            found[folder.name] = Question(folder.name, asked, MappingProxyType(editions))
    return MappingProxyType(found)


def question(name: str) -> Question:
    """The question of that name; raises ValueError listing what there is."""
    if name not in questions():
        raise ValueError(f"there is no question {name!r}{suggestion(name, questions())}")
    return questions()[name]
