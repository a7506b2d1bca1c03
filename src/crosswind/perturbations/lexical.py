"""What perturbations share that look every word up in tables: of its own language, or of others."""

from abc import abstractmethod
from collections.abc import Mapping

from crosswind.perturbations.base import Rated
from crosswind.tasks.base import Task

Words = Mapping[str, tuple[str, ...]]


class Lexical(Rated):
    """A perturbation that exchanges words for what tables have in their place.

    The tables lie beside an item (text/stock.py), so that a change of text stays a pure function of the item.
    """

    @abstractmethod
    def lacking(self, language: str, spoken: tuple[str, ...] = ()) -> str:
        """Why it has no table for texts in a language; empty where it has one."""

    def unsuited(self, task: Task, language: str) -> str:
        return self.lacking(language, tuple(task.languages))

    @abstractmethod
    def words(self, language: str, spoken: tuple[str, ...], places: Mapping[str, str]) -> Mapping[str, Words]:
        """The tables for texts in a language, by the language that they lead to.

        `spoken` are the languages of the task; `places` says where files lie, by their digest.
        """
