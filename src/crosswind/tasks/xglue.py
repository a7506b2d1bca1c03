"""What XGLUE's tasks have in common: where they lie, who made them. The ones that XTREME has too are not repeated."""

from collections.abc import Mapping

from crosswind.sources.base import Reader
from crosswind.sources.published import UNCONFIRMED, Folder, Hub, Source
from crosswind.sources.readers import Delimited
from crosswind.sources.word_lines import Columns
from crosswind.tasks.base import Provenance, Split
from crosswind.tasks.published import PublishedTask

WORDS = Columns(("tokens", "tags"), " ")
SPLITS: tuple[Split, ...] = ("train", "dev", "test")


class XglueTask(PublishedTask):
    """A task that is trained in English and tested in a few languages; the hub keeps languages as splits."""

    source = "en"
    source_only = ("train",)


def table(*names: str) -> Reader:
    """Columns parted by tabs, without a line of names; quotes are characters like any other."""
    return Delimited("\t", names, "raw")


def places(config: str, stem: str, reader: Reader, columns: Mapping[str, str]) -> tuple[Source, ...]:
    """The folder that the release unpacks to, and the hub's copy, whose columns have other names."""
    return (
        Folder(files={split: f"xglue_full_dataset/{config.upper()}/{stem}.{split}" for split in SPLITS}, reader=reader),
        Hub(
            id="microsoft/xglue",
            revision=UNCONFIRMED,
            config=config,
            splits={"train": "train", "dev": "validation.{code}", "test": "test.{code}"},
            columns=columns,
        ),
    )


def provenance(
    source: str, issues: str, licence: str = "custom: for research, after agreeing to XGLUE's terms"
) -> Provenance:
    """The record of one task."""
    return Provenance(
        source=source,
        revision=UNCONFIRMED,
        licence=licence,
        licence_url="https://microsoft.github.io/XGLUE/",
        citation="Liang et al. (2020), XGLUE: A New Benchmark Dataset for Cross-lingual Pre-training, Understanding "
        "and Generation, arXiv:2004.01401",
        translated="not translated",
        redistributable=False,
        test_labels="in the full release and on the hub; older copies, made for the leaderboard, lack them",
        issues=issues,
    )
