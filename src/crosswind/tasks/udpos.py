"""The part of speech of every word, in 38 languages, from the treebanks of Universal Dependencies."""

from collections.abc import Iterator, Mapping

from crosswind.formats import TAG, Example
from crosswind.formats.tag import UPOS, Tagging
from crosswind.sources.fused import surface_words
from crosswind.sources.published import Folder, Library
from crosswind.sources.rows import Left, Row, one_of
from crosswind.sources.word_lines import Columns, Conllu
from crosswind.tasks.base import Provenance, Split
from crosswind.tasks.published import TAGGING, PublishedTask, varieties

CODES = (
    "af ar bg de el en es et eu fa fi fr he hi hu id it ja kk ko lt mr nl pl pt ro ru ta te th tl tr uk ur vi wo yo zh"
)
VERSION_OF = dict.fromkeys(("lt", "pl", "ro", "uk", "wo"), "2.7")
UNTAUGHT = ("kk", "th", "tl", "yo")  # a test set only
TREEBANK = "{{code}}_*-ud-{split}.conllu"
SPLITS: tuple[Split, ...] = ("train", "dev", "test")


class Udpos(PublishedTask):
    format = TAG
    labels = UPOS
    metric = "run_f1"
    chance = 0.0
    role = "pos"
    source = "en"
    languages = varieties(CODES, "native")
    sizes = {"train": 21_253, "dev": 3_974, "test": 5_440}
    exact_sizes = {
        "test": {"af": 425, "ar": 1_680, "bg": 1_116, "de": 22_458, "el": 2_809, "es": 3_147, "et": 3_760, "eu": 1_799}
        | {"fa": 600, "fi": 4_422, "fr": 9_465, "he": 491, "hi": 2_684, "hu": 449, "id": 1_557, "it": 3_518}
        | {"ja": 10_253, "kk": 1_047, "ko": 4_276, "mr": 47, "nl": 1_471, "pt": 2_681, "ru": 11_336, "ta": 120}
        | {"te": 146, "th": 1_000, "tl": 55, "tr": 4_785, "ur": 535, "vi": 800, "yo": 100, "zh": 5_528},
    }
    recipe = TAGGING
    sources = (
        Folder(
            files={split: f"udpos/{split}-{{code}}.tsv" for split in SPLITS},
            reader=Columns(("tokens", "tags"), "\t"),
        ),
        *(
            Folder(files={split: f"{folder}/{TREEBANK.format(split=split)}" for split in SPLITS}, reader=Conllu())
            for folder in ("ud-treebanks-v{version}/*", "ud")
        ),
    )
    provenance = Provenance(
        source="Universal Dependencies 2.5 (lt pl ro uk wo: 2.7), as released, as a flat folder `ud`, and in XTREME's "
        "folder; all treebanks of a language in the order of their names",
        revision="http://hdl.handle.net/11234/1-3105 and http://hdl.handle.net/11234/1-3424",
        licence="custom: every treebank has its own, from CC-BY-4.0 to CC-BY-NC-SA-4.0",
        licence_url="https://lindat.mff.cuni.cz/repository/xmlui/page/licence-UD-2.5",
        citation="Nivre et al. (2020), Universal Dependencies v2: An Evergrowing Multilingual Treebank Collection, "
        "arXiv:2004.10643; as part of XTREME, arXiv:2003.11080, and XTREME-R, arXiv:2104.07412",
        translated="not translated, but the PUD treebanks, which are parallel",
        redistributable=False,
        test_labels="public in the treebanks, left out in XTREME's folder, which is passed over",
        issues="a word that stands for several tokens keeps one of their tags, as in XTREME; sentences whose words a "
        "treebank may not show are left out and counted; kk, th, tl and yo have a test set only; Chinese mixes "
        "traditional and simplified characters; a folder `ud` may hold any release, its digests say which",
    )

    def spelled(self, language: str) -> Mapping[str, str]:
        return {"version": VERSION_OF.get(language, "2.5")}

    def rows(self, language: str, split: Split, library: Library) -> Iterator[Row]:
        """Sentences are counted without those that are left out, as XTREME's folder lacks them."""
        number = 0
        for row in super().rows(language, split, library):
            hidden = without_words(row)
            yield row.having({"code": language, "hidden": hidden}, number)
            number += not hidden

    def has(self, language: str, split: Split) -> bool:
        return super().has(language, split) and (split == "test" or language not in UNTAUGHT)

    def blank(self, row: Row) -> bool:
        return row.cells.get("tags") == []

    def parse(self, row: Row) -> Example:
        if row["hidden"]:
            raise Left("its treebank may not show its words")
        if "upos" in row:
            tokens, tags = surface_words(row, row["code"])
        else:
            tokens, tags = row.words("tokens"), row.words("tags")
        uid = str(row.number)
        return Tagging(uid=uid, cluster=uid, tokens=tokens, tags=tuple(one_of(UPOS, tag) for tag in tags))


def without_words(row: Row) -> bool:
    """Whether all words of a sentence, or all but one, are underscores."""
    words = row.cells.get("form", row.cells.get("tokens", ()))
    return bool(words.count("_") >= max(1, len(words) - 1))
