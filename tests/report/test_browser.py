"""The page in a real browser: drawn, quiet, alone, and usable by hand and by keyboard."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest

from tests.report.browser import Page, browser, executable
from tests.report.pdf import bare, texts
from tests.small_study import crosswind

pytestmark = [
    pytest.mark.skipif(executable() is None, reason="no Chromium is installed"),
    pytest.mark.xdist_group("browser"),
]

HOSTILE = "</script><script>document.title='owned'</script><img src=x onerror=document.title='owned'>"
STUDY = """
name = "page"
question = "{hostile}"
seeds = [1, 2]
base = {{ model = "pocket" }}
targets = ["pocket-nli", "pocket-ner", "own"]
languages = ["solvane", "zhelnik", "qamirut", "en", "gn"]
limit = {{ train = 16, dev = 8, test = 12 }}
recipe = {{ epochs = 1, batch = 4, learning_rate = 1e-3, checks = 1 }}

[[task]]
name = "own"
format = "classify"
files = {{ train = "own-en.csv", dev = "own-en.csv", test = "own-{{code}}.csv" }}
columns = {{ first = "{hostile}", label = "label" }}
labels = ["{hostile}", "no"]
languages = ["en", {{ code = "gn", name = "{hostile}", script = "Latn" }}]

[[arm]]
name = "plain"
sequences = [[], ["pocket-tags"]]

[[arm]]
name = "robust-by-the-longest-name"
controls = ["seeds_only"]
objective = "fgm"

[[condition]]
perturbation = "typo_edit"
severities = [1, 3, 5]

[[vote]]
voting = {{ kind = "masked", rate = 0.5, draws = 3, certify = 3 }}
targets = ["pocket-nli"]

[[claim]]
name = "robust-helps"
text = "{hostile}"
contrast = {{ robust-by-the-longest-name = 1, plain = -1 }}
primary = false

[[claim]]
name = "tags-first"
text = "Tags first changes little"
contrast = {{ "plain: pocket-tags" = 1, plain = -1 }}
kind = "equivalence"
margin = 5.0
waive = "{hostile}"
source = {{ paper = "{hostile}", said = "{hostile}", number = 1.5 }}
"""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a study that was really run; its texts try to break out of it."""
    folder = tmp_path_factory.mktemp("page")
    (folder / "study.toml").write_text(STUDY.format(hostile=HOSTILE), encoding="utf-8")
    rows = [[HOSTILE, "label"], [HOSTILE, HOSTILE], ["plain text", "no"], [f"and {HOSTILE}", "no"]]
    for code in ("en", "gn"):
        with (folder / f"own-{code}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    for arguments in (("run", "--workers", "1"), ("report", "--out", folder / "page.html")):
        told, *options = arguments
        done = crosswind(told, folder / "study.toml", "--store", folder / "store", *options)
        output, _ = done.communicate(timeout=300)
        assert done.returncode == 0, output
    return folder / "page.html"


@pytest.fixture
def page(path: Path) -> Iterator[Page]:
    with browser() as found:
        yield found.open(path)


def test_nothing_is_wrong_and_nothing_is_asked_for(page: Page, path: Path) -> None:
    assert page.errors == []
    assert page.requests == [path.resolve().as_uri()]
    assert page.run("document.title") == "page · crosswind"
    assert page.run("document.querySelectorAll('img, iframe, link, object').length") == 0
    assert page.run("document.querySelectorAll('script').length") == 2


def test_everything_is_drawn(page: Page) -> None:
    assert page.run("document.querySelectorAll('article.verdict').length") == 2
    kinds = ("languages", "contrasts", "severity")
    assert page.run("document.querySelectorAll('figure svg').length") >= 2 * len(kinds) + 1
    assert page.run(
        "[...document.querySelectorAll('figure svg')].every((own) => own.getBoundingClientRect().width > 90)"
    )
    assert page.run("document.documentElement.scrollWidth <= innerWidth")


def test_no_name_is_cut_off_or_broken_into_letters(page: Page) -> None:
    assert page.run(
        "[...document.querySelectorAll('figure svg')].every((own) => [...own.querySelectorAll('text')].every((name) => "
        "name.getBoundingClientRect().left >= own.getBoundingClientRect().left - 1 && "
        "name.getBoundingClientRect().right <= own.getBoundingClientRect().right + 1))"
    )
    heights = page.run("[...document.querySelectorAll('td code')].map((own) => own.offsetHeight).filter(Boolean)")
    assert 0 < max(heights) < 70


def test_captions_of_wide_tables_are_read_without_scrolling(path: Path) -> None:
    with browser() as found:
        page = found.open(path, width=390, height=800)
        assert page.run("document.querySelectorAll('caption span').length > 3")
        edges = page.run(
            "[...document.querySelectorAll('caption span')].map((own) => own.getBoundingClientRect().right)"
        )
        assert max(edges) <= 390


def test_cells_are_chosen(page: Page) -> None:
    def choose(name: str, value: str) -> None:
        page.run(f"{name}.value = '{value}'; {name}.dispatchEvent(new Event('change'))")

    first = page.run("heat.textContent")
    choose("document.getElementById('treatment')", "2")
    assert page.run("heat.textContent") != first
    assert "robust" in page.run("heat.querySelector('.told').textContent")
    choose("document.getElementById('as')", "drop")
    assert page.run("heat.querySelector('tbody td').textContent") == "0.0"
    assert page.run("document.getElementById('other').offsetWidth") == 0
    choose("document.getElementById('as')", "beyond")
    assert page.run("document.getElementById('other').offsetWidth") > 0
    choose("document.getElementById('other')", "2")
    assert page.run("[...heat.querySelectorAll('td')].every((own) => ['0.0', '–'].includes(own.textContent))")
    choose("document.getElementById('target')", "1")
    assert "pocket-ner" in page.run("heat.querySelector('.told').textContent")
    assert page.errors == []


def test_tables_are_sorted_from_the_keyboard(page: Page) -> None:
    column = (
        "[...document.querySelector('table.sortable tbody').rows].map((row) => parseFloat(row.cells[2].textContent))"
    )
    page.run("document.querySelectorAll('table.sortable th button')[2].focus()")
    page.press("Enter")
    values = page.run(column)
    assert values == sorted(values)
    assert page.run("document.querySelectorAll('table.sortable th')[2].ariaSort") == "ascending"
    page.press("Enter")
    assert page.run(column) == sorted(values, reverse=True)


def test_everything_that_acts_is_reached_by_tab(page: Page) -> None:
    wanted = page.run(
        "document.querySelectorAll('nav a, label:not([hidden]) > select, table.sortable th button, summary').length"
    )
    seen = set()
    for _ in range(wanted + 30):
        page.press("Tab")
        seen.add(
            page.run(
                "((own) => ['A', 'SELECT', 'BUTTON', 'SUMMARY'].includes(own.tagName) ? "
                "[...document.querySelectorAll('*')].indexOf(own) : -1)(document.activeElement)"
            )
        )
    assert len(seen - {-1}) >= wanted


def test_a_mark_tells_its_numbers_under_the_pointer(page: Page) -> None:
    page.run("heat.scrollIntoView()")
    box = page.run("((own) => [own.left + own.width / 2, own.top + own.height / 2])"
                   "(heat.querySelector('td[data-hint]').getBoundingClientRect())")  # fmt: skip
    page.hover(*box)
    assert "solvane, clean: " in page.run("hint.textContent")
    assert page.run("hint.hidden") is False


def test_the_lowest_language_of_the_treatment_that_is_shown_is_marked(page: Page) -> None:
    marked = "[...document.querySelectorAll('#heat tbody tr')].filter((row) => row.querySelector('.lowest'))"
    for treatment in (0, 1):
        page.run(
            f"(() => {{ const own = document.getElementById('treatment'); own.value = '{treatment}'; "
            "own.dispatchEvent(new Event('change')); })()"
        )
        scores = "[...document.querySelectorAll('#heat tbody tr')].map((row) => Number(row.cells[1].textContent))"
        assert page.run(f"{marked}.length") == 1
        assert page.run(f"Number({marked}[0].cells[1].textContent) === Math.min(...{scores})")


def test_the_page_fits_a_phone(path: Path) -> None:
    with browser() as found:
        page = found.open(path, width=390, height=800)
        assert page.run("document.documentElement.scrollWidth <= innerWidth")
        assert page.errors == []


SHOWN = "(own) => own.checkVisibility() && own.getBoundingClientRect().height > 8"
ROW_AND_COLUMN = ("tbody tr", "thead th.number")
PAPER = 718  # pixels between the margins of A4


def test_it_is_read_without_scripts(path: Path) -> None:
    with browser() as found:
        page = found.open(path, scripts="off")
        assert not page.run("document.documentElement.classList.contains('scripted')")
        assert page.errors == []
        for names, least in (("article.verdict .standing", 2), ("article.verdict svg", 2), ("table.sortable", 3)):
            assert page.run(f"document.querySelectorAll('{names}').length") >= least
            assert page.run(f"[...document.querySelectorAll('{names}')].every({SHOWN})")
        assert page.run(f"[...document.querySelectorAll('figure svg')].every({SHOWN})")
        cells = "[...document.querySelectorAll('#heat tbody td')]"
        assert page.run(f"{cells}.every({SHOWN})")
        told = page.run(f"{cells}.map((own) => own.textContent)")
        languages, columns = (page.run(f"document.querySelectorAll('#heat {each}').length") for each in ROW_AND_COLUMN)
        assert (languages, len(told)) == (3, languages * columns)
        assert sum(each != "–" for each in told) > len(told) / 2
        assert "pocket-nli, plain" in page.run("document.querySelector('#heat .told').innerText")
        assert "first treatment of the first target" in page.run("document.querySelector('#heat').parentNode.innerText")
        assert not page.run("[...document.querySelectorAll('select')].some((own) => own.checkVisibility())")


def test_what_is_folded_away_opens_without_scripts(path: Path) -> None:
    with browser() as found:
        page = found.open(path, scripts="off")
        inside = "document.querySelector('article.verdict details .numbers')"
        assert not page.run(f"{inside}.checkVisibility()")
        page.run("document.querySelector('article.verdict summary').focus()")
        page.press("Enter")
        assert page.run(f"({SHOWN})({inside})")


@pytest.mark.parametrize("scripts", ["on", "off"])
def test_everything_is_printed(path: Path, scripts: Literal["on", "off"]) -> None:
    """Each word stands on paper: what is folded away too, and what a window would have to be scrolled to."""
    with browser() as found:
        page = found.open(path, scripts=scripts)
        pages = texts(page.printed())
        assert 3 < len(pages) < 40
        assert all(pages)
        whole = "".join(pages)
        told = page.run(
            "((own) => { own.querySelectorAll('nav, .controls, noscript').forEach((each) => each.remove()); "
            "return [...own.querySelectorAll('p, li, td, th, caption, summary, h1, h2, h3, figcaption')]"
            ".map((each) => each.innerText) })(document.querySelector('main').cloneNode(true))"
        )
        assert len(told) > 300
        assert [each for each in told if bare(each) not in whole] == []
        tops = page.run("[...document.querySelectorAll('figure svg text')].map((own) => own.textContent)")
        assert [each for each in tops if bare(each) not in whole] == []


def test_paper_has_nothing_to_press_or_scroll(path: Path) -> None:
    with browser() as found:
        page = found.open(path, width=PAPER)
        page.command("Emulation.setEmulatedMedia", media="print")
        assert not page.run(
            "[...document.querySelectorAll('nav, select, .controls')].some((own) => own.checkVisibility())"
        )
        assert page.run("[...document.querySelectorAll('details > *')].every((own) => own.checkVisibility())")
        assert page.run(
            "[...document.querySelectorAll('.scroll, figure')]"
            ".every((own) => getComputedStyle(own).overflowX === 'visible')"
        )
        edges = "[...document.querySelectorAll('figure svg, table')].map((own) => own.getBoundingClientRect().right)"
        widest = page.run(f"Math.max(...{edges})")
        assert widest <= 1.05 * PAPER  # a browser makes all of a page smaller where any of it is wider than paper
