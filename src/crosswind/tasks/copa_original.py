"""What XCOPA's test items were translated from: English COPA's, as texts. Nothing is asked of them."""

from crosswind.formats import CHOOSE, Example
from crosswind.formats.choose import WITHHELD, Choice
from crosswind.recipe import Recipe
from crosswind.sources.published import Folder, Hub
from crosswind.sources.readers import JsonLines
from crosswind.sources.rows import Row
from crosswind.tasks.base import Provenance
from crosswind.tasks.copa import REVISION
from crosswind.tasks.published import PublishedTask, varieties
from crosswind.tasks.xcopa import Prompt, premise_and_choices


class CopaOriginal(PublishedTask):
    """`prompt` is XCOPA's."""

    prompt: Prompt = "xtreme"

    format = CHOOSE
    labels = ()
    metric = "accuracy"
    chance = 1 / 2
    role = "copa"
    source = "en"
    languages = varieties("en", "native")
    sizes = {"test": 500}
    recipe = Recipe()
    sources = (
        *(
            Folder(files={"test": f"{folder}/test{ending}.jsonl"}, reader=JsonLines())
            for folder, ending in (("xcopa", "-en"), ("xcopa/en", ".en"), ("xcopa/data/en", ".en"), ("COPA", ""))
        ),
        Hub(id="aps/super_glue", revision=REVISION, config="copa", splits={"test": "test"}),
    )
    provenance = Provenance(
        source="COPA's test set as part of SuperGLUE, from its download and on the hub",
        revision=REVISION,
        licence="BSD-2-Clause",
        licence_url="https://people.ict.usc.edu/~gordon/copa.html",
        citation="Roemmele, Bejan and Gordon (2011), Choice of Plausible Alternatives: An Evaluation of Commonsense "
        "Causal Reasoning; as split by Wang et al. (2019), SuperGLUE, arXiv:1905.00537",
        translated="not translated",
        redistributable=True,
        test_labels="withheld, and not needed",
        issues="that its ids are those of XCOPA's test set could not be checked here: look at an alignment before use",
    )

    def sound(self, parsed: Example) -> Example:
        """Without a label, there is none to check."""
        assert isinstance(parsed, Choice)
        return CHOOSE.normalised(parsed)

    def parse(self, row: Row) -> Choice:
        return premise_and_choices(row, self.prompt, WITHHELD)
