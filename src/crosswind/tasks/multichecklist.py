"""Small questions that nobody gets wrong, in 49 languages: a diagnosis of span models, and part of no aggregate."""

from crosswind.formats import SPAN, Example
from crosswind.sources.published import UNCONFIRMED, Folder
from crosswind.sources.readers import SquadJson
from crosswind.sources.rows import Row
from crosswind.tasks.base import Provenance
from crosswind.tasks.published import READING, PublishedTask, question, quotes, varieties

CODES = (
    "af ar az bg bn de el en es et eu fa fi fr gu he hi ht hu id it ja jv ka kk ko lt ml mr ms my nl pa pl pt qu ru sw "
    "ta te th tl tr uk ur vi wo yo zh"
)


class Multichecklist(PublishedTask):
    format = SPAN
    labels = ()
    metric = "cases_passed"
    chance = 0.0
    role = "xquad"
    source = "en"
    languages = varieties(CODES, "human-translated", en="native")
    sizes = {"test": 5_000}
    recipe = READING
    trains_on = ("squad",)
    sources = (Folder(files={"test": "multichecklist/{code}_squad_suite.json"}, reader=SquadJson()),)
    provenance = Provenance(
        source="suites made by XTREME-R's multichecklist scripts, with answers and cases added",
        revision=UNCONFIRMED,
        licence="Apache-2.0",
        licence_url="https://github.com/google-research/xtreme/tree/master/multichecklist",
        citation="Ruder et al. (2021), XTREME-R: Towards More Challenging and Nuanced Multilingual Evaluation, "
        "arXiv:2104.07412; after Ribeiro et al. (2020), Beyond Accuracy: Behavioral Testing of NLP Models with "
        "CheckList, arXiv:2005.04118",
        translated="templates by professional translators from English",
        redistributable=True,
        test_labels="in the scripts' pickled suites alone: the JSON beside them has bare questions and is passed over, "
        "so every question needs its `answers` and the name of its `case`",
        issues="texts come from templates and depend on the seed and the size they were made with; Hausa, which the "
        "templates have in place of Romanian, is not read",
    )

    def blank(self, row: Row) -> bool:
        return "answers" not in row

    def parse(self, row: Row) -> Example:
        return question(row, row.text("id"), str(row["case"]), quotes(row["answers"]))
