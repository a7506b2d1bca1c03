"""Second opinions: what they say of results that are known, and of a study that was really run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import polars
import pytest

from crosswind import results
from crosswind.plan import Plan, make_plan
from crosswind.quantities import some
from crosswind.report import odds, orders, rankings
from crosswind.report.files import write_files
from crosswind.report.opinions import Opinions, opinions
from crosswind.report.page import page, template
from crosswind.stats.averages import CLEAN
from crosswind.stats.stochastic_order import Order
from crosswind.store import Store
from crosswind.study_file import load_study
from crosswind.tasks.lareqa import Lareqa
from crosswind.tasks.mewslix import Mewslix
from crosswind.tasks.pocket_nli import PocketNli
from crosswind.tasks.pocket_tatoeba import PocketTatoeba
from crosswind.tasks.tatoeba import Tatoeba
from crosswind.tasks.versions import parallel
from crosswind.tasks.xnli import Xnli
from tests.small_study import crosswind
from tests.studies import small_study

pytestmark = pytest.mark.xdist_group("opinions")  # one study is run for all of them

CODES = ("dormeli", "taruvik", "zhelnik", "brudnar", "qamirut", "prashil")
STUDY = """
name = "opinions"
seeds = [1, 2, 3, 4, 5]
base = { model = "pocket" }
targets = ["pocket-nli"]
languages = ["solvane", "dormeli", "taruvik", "zhelnik", "brudnar"]
limit = { train = 16, dev = 8, test = 12 }
recipe = { epochs = 1, batch = 8, learning_rate = 1e-3, checks = 1 }

[[arm]]
name = "plain"

[[arm]]
name = "perturbed"
recipe = { epochs = 2 }

[[condition]]
perturbation = "typo_edit"
severities = [5]
"""


def scores(
    gains: Mapping[str, float], seeds: int = 3, codes: tuple[str, ...] = CODES, noise: float = 0.05
) -> polars.DataFrame:
    """Scores of arms that gain so many log odds, under perturbation alone; languages and runs differ as well."""
    draws, rows = np.random.default_rng(1), []
    heights = dict(zip(codes, draws.normal(0, 0.4, len(codes)), strict=True))
    for arm, gain in gains.items():
        for seed in range(seeds):
            run = draws.normal(0, 0.05)
            for code in codes:
                for condition, severity in ((CLEAN, 0), ("typo_edit", 3), ("typo_edit", 5)):
                    told = heights[code] + run - (0.1 * severity - gain if severity else 0) + draws.normal(0, noise)
                    value = 100 / (1 + np.exp(-told))
                    rows.append((arm, seed, code, condition, severity, value, f"{arm}{seed}{code}{severity}"))
    names = ["arm", "seed", "language", "condition", "severity", "value", "stage"]
    told = polars.DataFrame(rows, schema=names, orient="row")
    return told.with_columns(
        polars.lit("pocket-nli").alias("target"), polars.lit("").alias("sequence"), polars.lit(1000).alias("examples")
    )


def nli(**changes: Any) -> Any:
    return small_study(targets=("pocket-nli",), **changes)


def test_a_gain_under_perturbation_is_found_in_log_odds() -> None:
    (found,) = odds.odds(nli(), scores({"perturbed": 0.0, "robust": 0.4, "alike": 0.0}))
    assert [line.treatment for line in found.lines] == ["robust", "alike"]
    robust, alike = found.lines
    assert robust.perturbed.low < 0.4 < robust.perturbed.high
    assert robust.perturbed.p < 0.001
    assert abs(robust.clean.value) < 0.15
    assert abs(alike.perturbed.value) < 0.1
    assert (found.reference, found.languages, found.why) == ("perturbed", 6, "")
    assert dict(found.spreads)["language"] == pytest.approx(0.4, abs=0.25)
    assert "6 languages are few for a slope over their distance" in found.warnings
    expected = "another script (r = 0.76) and how little text the encoder has read (r = 0.85)"
    assert any(expected in line for line in found.warnings)


def test_what_distance_is_meant_can_be_said() -> None:
    given = {"name": "roads", "values": dict(zip(CODES[:5], (1, 2, 3, 4, 5), strict=True))}
    (found,) = odds.odds(nli(language_distance=given), scores({"plain": 0.0, "robust": 0.4}))
    assert (found.distance, found.languages) == ("roads", 5)
    assert "without prashil, whose distance is not known" in found.warnings


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"seeds": 1}, "it needs two treatments with 2 runs or more"),
        ({"codes": CODES[:3]}, "it needs 4 languages whose distance is known, and has 3"),
        (
            {"codes": ("taruvik", "quenzo", "taruvik~resource=0.2", "taruvik~resource=0.3")},
            "all its languages are equa",
        ),
    ],
)
def test_where_a_model_would_mean_nothing_there_is_none(changed: dict[str, Any], why: str) -> None:
    (found,) = odds.odds(nli(), scores({"plain": 0.0, "robust": 0.4}, **changed))
    assert found.why.startswith(why)
    assert not found.lines


def test_clean_text_alone_and_scores_that_are_no_shares_have_no_model() -> None:
    told = scores({"plain": 0.0, "robust": 0.4})
    (found,) = odds.odds(nli(), told.filter(polars.col("condition") == CLEAN))
    assert found.why == "it needs clean and perturbed text"
    tags = told.with_columns(polars.lit("pocket-ner").alias("target"))
    (found,) = odds.odds(small_study(targets=("pocket-ner",)), tags)
    assert found.why == "its score is no share of items that are right"
    assert odds.odds(nli(), scores({"plain": 0.0})) == []


def test_scores_without_any_spread_have_no_fit_and_do_no_harm() -> None:
    told = scores({"plain": 0.0, "robust": 0.0}).with_columns(polars.lit(50.0).alias("value"))
    (found,) = odds.odds(nli(), told)
    assert found.why.startswith("it has no fit")


def test_too_many_treatments_are_left_out_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(odds, "MOST_TREATMENTS", 4)  # of twelve the fit takes seconds
    (found,) = odds.odds(nli(), scores({f"a{place}": 0.0 for place in range(12)}, seeds=2))
    assert [line.treatment for line in found.lines] == ["a1", "a2", "a3"]
    assert any(line.startswith("without a4, a5, a6, a7, a8 and 3 more: ") for line in found.warnings)
    assert some(["a", "b"]) == "a, b"


def means(values: Mapping[str, list[float]]) -> polars.DataFrame:
    rows = [(arm, "", value) for arm, own in values.items() for value in own]
    return polars.DataFrame(rows, schema=["arm", "sequence", "value"], orient="row")


def test_treatments_are_ordered_where_every_run_is_higher() -> None:
    low, high = [50.0, 51, 52, 53, 54], [60.0, 61, 62, 63, 64]
    found = orders.matrix("nli", "clean", means({"low": low, "high": high, "short": low[:4]}))
    assert found is not None
    assert found.treatments == ("low", "high")
    assert found.rows[1][0] == Order(0, 0)
    assert found.rows[0][1] == Order(1, 1)
    assert found.rows[0][0] is None
    assert (found.short, found.left_out) == (("short",), ())


def test_at_most_a_dozen_treatments_are_ordered() -> None:
    runs = {f"a{place}": [float(place + each) for each in range(5)] for place in range(15)}
    found = orders.matrix("nli", "clean", means(runs))
    assert found is not None
    assert len(found.treatments) == len(found.rows) == orders.MOST_TREATMENTS
    assert found.left_out == ("a12", "a13", "a14")
    assert orders.matrix("nli", "clean", means({"one": [1.0] * 5})) is None


def answered(told: Mapping[str, list[str | None]], **more: Any) -> polars.DataFrame:
    """Outcome rows of one run: for each language the rankings of its items, or nothing."""
    rows = [
        {"arm": "a", "sequence": "", "seed": 1, "condition": CLEAN, "severity": 0, "draw": 0, "language": code}
        | {"example": str(place), "answer": text[0] if text else "0", "ranking": text} | more
        for code, texts in told.items()
        for place, text in enumerate(texts)
    ]  # fmt: skip
    return polars.DataFrame(rows, schema_overrides={"ranking": polars.String})


def test_answers_and_rankings_in_two_languages_by_hand() -> None:
    told = answered({"x": ["0 1 2", "1 0 2", "2 1 0"], "y": ["0 2 1", "0 1 2", "2 1 0"]})
    (found,) = rankings.of_runs(rankings.numbered(PocketNli(), told))
    e = np.e
    one = (e**2 + e / 2 + 1) / (e**2 + e + 1)
    other = (e + 1) / (e**2 + e + 1)
    assert found["answers"] == pytest.approx(200 / 3)
    assert found["rankings"] == pytest.approx(100 * (one + other + 1) / 3)
    assert found["pair"] == "x and y"


def test_two_candidates_and_old_stores_have_answers_and_no_rankings() -> None:
    for told in (
        answered({"x": ["0 1", "1 0"], "y": ["0 1", "0 1"]}),
        answered({"x": ["0 1 2", "1 0 2"], "y": ["0 1 2", "0 1 2"]}).drop("ranking"),
        answered({"x": [None, "1 0 2"], "y": ["0 1 2", None]}).with_columns(answer=polars.Series(["0", "1", "0", "0"])),
    ):
        (found,) = rankings.of_runs(rankings.numbered(PocketNli(), told))
        assert (found["answers"], found["rankings"]) == (50, None)


def test_what_is_retrieved_is_a_ranking_already() -> None:
    told = answered({"x": ["q", "r"], "y": ["q", "r"]}).with_columns(
        answer=polars.Series(["a b c", "b a c", "a b c", "a b c"])
    )
    (found,) = rankings.of_runs(rankings.numbered(PocketTatoeba(), told))
    assert found["answers"] == 50
    assert found["rankings"] == pytest.approx(50 * (1 + (np.e + 1) / (np.e**2 + np.e + 1)))


def test_pairs_are_averaged_before_runs_and_the_least_is_named() -> None:
    told = [
        {"arm": "a", "sequence": "", "seed": seed, "condition": condition, "severity": level, "draw": 0, "pair": pair}
        | {"answers": value, "rankings": None}
        for seed, condition, level, pair, value in (
            (1, "typo", 3, "x and y", 80.0), (1, "typo", 5, "x and y", 60.0), (1, "case", 5, "x and y", 90.0),
            (1, "typo", 3, "x and z", 40.0), (2, "typo", 3, "x and y", 30.0),
        )
    ]  # fmt: skip
    (found,) = rankings.averaged("t", polars.DataFrame(told), {("a", ""): "a"})
    assert found.answers == pytest.approx(((80 + 40) / 2 + 30) / 2)
    assert (found.text, found.rankings, found.pair, found.least, found.pairs) == ("perturbed", None, "x and z", 40, 2)


def test_only_versions_of_the_same_items_are_compared() -> None:
    assert parallel(Xnli(), ["de", "en", "fr"]) == ["de", "en", "fr"]
    assert parallel(Lareqa(), ["de", "en"]) == ["de", "en"]
    assert parallel(PocketNli(), ["solvane", "zhelnik"]) == ["solvane", "zhelnik"]
    assert parallel(Tatoeba(), ["de", "fr"]) == []
    assert parallel(Mewslix(), ["de", "es"]) == []


def test_names_cannot_break_out_of_the_section() -> None:
    hostile = "<script>x</script>"
    (model,) = odds.odds(nli(), scores({hostile: 0.0, "robust": 0.4}))
    matrix = orders.matrix(hostile, hostile, means({hostile: [1.0] * 5, "b": [2.0] * 5}))
    assert matrix is not None
    likeness = rankings.Likeness(hostile, hostile, hostile, 50.0, None, hostile, 50.0, 1)
    html = template().environment.get_template("opinions.html").render(
        opinions=Opinions([model], [matrix], [likeness]), clear=0.2, spoken=odds.spoken, some=some
    )  # fmt: skip
    assert "<script>" not in html
    assert html.count("&lt;script&gt;") >= 8


def test_a_set_of_ones_own_counts_where_its_rows_have_names() -> None:
    class Own(Mewslix):
        columns: ClassVar[Mapping[str, str]] = {"query": "q"}

        @property
        def own_name(self) -> str:
            return "mine"

    class Named(Own):
        columns: ClassVar[Mapping[str, str]] = {"id": "number"}

    assert parallel(Own(), ["de", "es"]) == []
    assert parallel(Named(), ["de", "es"]) == ["de", "es"]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, Store]:
    """A study that was really run, an arm of which is called what a column of the model is called."""
    folder = tmp_path_factory.mktemp("opinions")
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    done = crosswind("run", folder / "study.toml", "--store", folder / "store", "--workers", "1")
    output, _ = done.communicate(timeout=300)
    assert done.returncode == 0, output
    return make_plan(load_study(folder / "study.toml")), Store(folder / "store")


def test_a_study_that_was_run_has_all_of_them(ran: tuple[Plan, Store]) -> None:
    plan, store = ran
    found = opinions(plan, store, results.scores(plan, store))
    assert [matrix.text for matrix in found.orders] == ["clean", "perturbed"]
    assert {(each.treatment, each.text) for each in found.likenesses} == {
        (arm, text) for arm in ("plain", "perturbed") for text in ("clean", "perturbed")
    }
    assert all(each.pairs == 10 and each.rankings is not None for each in found.likenesses)
    (model,) = found.odds
    assert [line.treatment for line in model.lines] == ["perturbed"] or model.why.startswith("it has no fit")
    outcomes = results.outcomes(plan, store).filter(polars.col("condition") == CLEAN)
    own = outcomes.filter(polars.col("arm") == "plain").select("seed", "example", "language", "answer")
    pairs = own.join(own, on=["seed", "example"]).filter(polars.col("language") < polars.col("language_right"))
    share = 100 * (pairs["answer"] == pairs["answer_right"]).mean()  # type: ignore[operator]
    plain = next(each for each in found.likenesses if (each.treatment, each.text) == ("plain", "clean"))
    assert plain.answers == pytest.approx(share)


def test_the_page_and_the_files_have_the_tables(ran: tuple[Plan, Store], tmp_path: Path) -> None:
    html = page(*ran)
    assert 'href="#opinions"' in html
    assert "Order over seeds" in html
    assert "The same in two languages" in html
    written = {path.name for path in write_files(*ran, "latex", tmp_path)}
    assert {"orders.tex", "orders.csv", "likeness.tex", "likeness.csv"} <= written
    assert polars.read_csv(tmp_path / "orders.csv")["bound"].is_between(0, 1).all()


def test_a_store_older_than_rankings_still_gives_a_page(
    ran: tuple[Plan, Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    read = results.read
    monkeypatch.setattr(results, "read", lambda *asked: read(*asked).drop("ranking", strict=False))
    plan, store = ran
    found = opinions(plan, store, results.scores(plan, store)).likenesses
    assert found
    assert all(each.rankings is None and 0 <= each.answers <= 100 for each in found)
    assert "The same in two languages" in page(plan, store)


def test_without_results_there_is_no_section(tmp_path: Path) -> None:
    assert "Other ways to look" not in page(make_plan(nli()), Store(tmp_path))
