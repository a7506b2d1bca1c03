"""The figures of the page, as SVG that needs no script and takes the page's colours."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import altair
from markupsafe import Markup

from crosswind.report.alignment import Meeting
from crosswind.report.contrasts import Difference
from crosswind.report.severity import Height
from crosswind.report.spending import Mark
from crosswind.report.summary import Point
from crosswind.stats.averages import CLEAN

Chart = Any  # altair's classes of layered and faceted charts have no common one that has all it takes

# Clean text, then kinds of perturbed text: told apart by every kind of colour vision, and by shape.
COLOURS = ("#0072b2", "#d55e00", "#cc79a7", "#e69f00", "#56b4e9")
SHAPES = ("circle", "diamond", "triangle-up", "square", "triangle-down")
# Treatments, as many as a figure tells apart: the colours of Okabe and Ito, which do not depend on red or green.
LINES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
MARKS = ("circle", "diamond", "square", "triangle-up", "triangle-down", "cross")
GUESS = "#8a9099"
ROW_HEIGHT = 17
COLUMN_WIDTH = 190
# As wide as Liberation Sans, by which text is measured before a browser draws it.
FONT = "Arial, Helvetica, 'Liberation Sans', sans-serif"
# An arm above its intermediate tasks: side by side they would run into the next panel.
TWO_LINES = altair.Header(labelExpr="split(datum.label, ': ')", labelLimit=COLUMN_WIDTH)
COLUMNS = 4
PANELS = 3
PADDING = {"left": 28, "right": 12, "top": 5, "bottom": 5}  # where none of FONT is there, labels come out wider
PANEL_HEIGHT = 150


def scores_by_language(points: Sequence[Point], chance: float) -> Chart:
    """One target's scores: languages down, score across, one panel per treatment, intervals over seeds, chance."""
    rows = [
        {
            "treatment": point.treatment,
            "language": point.language,
            "text": point.text,
            "score": point.interval.mean,
            "low": point.interval.low,
            "high": point.interval.high,
            "chance": chance,
        }
        for point in points
    ]
    order = languages_by_score(points)
    height = ROW_HEIGHT * len(order)
    treatments = list(dict.fromkeys(point.treatment for point in points))
    low = min(chance, *(point.interval.low for point in points))
    axis = altair.Scale(domain=[max(0, 10 * (low // 10)), 100], clamp=True)
    score = altair.X("score:Q", title="score", scale=axis)
    texts = sorted({point.text for point in points}, key=lambda text: (text != CLEAN, text))[: len(COLOURS)]
    colours = altair.Scale(domain=texts, range=list(COLOURS[: len(texts)]))
    shapes = altair.Scale(domain=texts, range=list(SHAPES[: len(texts)]))

    data = altair.Chart(altair.InlineData(values=rows))
    by_language = data.encode(
        y=altair.Y("language:N", sort=order, title=None),
        yOffset=altair.YOffset("text:N"),
        color=altair.Color("text:N", title=None, scale=colours),
    )
    guess = data.mark_rule(strokeDash=[3, 3], color=GUESS).encode(
        x=altair.X("chance:Q", scale=axis), y=altair.value(0), y2=altair.value(height)
    )
    rules = by_language.mark_rule(strokeWidth=2, opacity=0.55).encode(x=altair.X("low:Q", scale=axis), x2="high:Q")
    marks = by_language.mark_point(filled=True, size=34, opacity=1).encode(
        x=score, shape=altair.Shape("text:N", title=None, scale=shapes)
    )
    chart = (
        altair.layer(guess, rules, marks)
        .properties(width=COLUMN_WIDTH, height=height)
        .facet(
            facet=altair.Facet("treatment:N", sort=treatments, title=None, header=TWO_LINES),
            columns=min(COLUMNS, len(treatments)),
        )
    )
    return dressed(chart).configure_axisX(title="score", tickCount=6)


def forest(differences: Sequence[Difference]) -> Chart:
    """Differences to one reference, one row a treatment and one panel a respect; the line at 0 is the reference."""
    rows = [asdict(each) for each in differences]
    treatments = list(dict.fromkeys(each.treatment for each in differences))
    height = ROW_HEIGHT * len(treatments)
    data = altair.Chart(altair.InlineData(values=rows))
    own = data.encode(y=altair.Y("treatment:N", sort=treatments, title=None, axis=altair.Axis(labelLimit=260)))
    zero = data.mark_rule(strokeDash=[3, 3], color=GUESS).encode(x=altair.datum(0))
    rules = own.mark_rule(strokeWidth=2, opacity=0.55, color=COLOURS[0]).encode(
        x=altair.X("low:Q", title="points"), x2="high:Q"
    )
    marks = own.mark_point(filled=True, size=40, opacity=1, color=COLOURS[0]).encode(x="value:Q")
    chart = (
        altair.layer(zero, rules, marks)
        .properties(width=COLUMN_WIDTH, height=height)
        .facet(
            facet=altair.Facet("asked:N", sort=list(dict.fromkeys(each.asked for each in differences)), title=None),
            columns=PANELS,
        )
    )
    return dressed(chart)


def curves(points: Sequence[Height]) -> Chart:
    """Scores over severity, one panel a condition and one line a treatment; severity 0 is clean text."""
    conditions = list(dict.fromkeys(point.condition for point in points))
    treatments = list(dict.fromkeys(point.treatment for point in points))
    colours = altair.Scale(domain=treatments, range=list(LINES[: len(treatments)]))
    shapes = altair.Scale(domain=treatments, range=list(MARKS[: len(treatments)]))
    data = altair.Chart(altair.InlineData(values=[asdict(point) for point in points])).encode(
        x=altair.X("severity:Q", title="severity", axis=altair.Axis(tickMinStep=1)),
        color=altair.Color(
            "treatment:N", title=None, scale=colours, legend=altair.Legend(labelLimit=300, columns=2, symbolOpacity=1)
        ),
    )
    low, high = min(point.low for point in points), max(point.high for point in points)
    axis = altair.Scale(domain=[max(0, 10 * (low // 10)), min(100, 10 * -(-high // 10))], clamp=True)
    band = data.mark_area(opacity=0.13).encode(y=altair.Y("low:Q", title="score", scale=axis), y2="high:Q")
    line = data.mark_line(strokeWidth=1.6).encode(y="mean:Q")
    dots = data.mark_point(filled=True, size=26, opacity=1).encode(
        y="mean:Q", shape=altair.Shape("treatment:N", title=None, scale=shapes)
    )
    chart = (
        altair.layer(band, line, dots)
        .properties(width=COLUMN_WIDTH, height=PANEL_HEIGHT)
        .facet(facet=altair.Facet("condition:N", sort=conditions, title=None), columns=min(COLUMNS, len(conditions)))
    )
    return dressed(chart)


def falling(marks: Sequence[Mark]) -> Chart:
    """Training losses over the share of updates, one panel a target."""
    treatments = list(dict.fromkeys(mark.treatment for mark in marks))
    targets = list(dict.fromkeys(mark.target for mark in marks))
    colours = altair.Scale(domain=treatments, range=list(LINES[: len(treatments)]))
    chart = (
        altair.Chart(altair.InlineData(values=[asdict(mark) for mark in marks]))
        .mark_line(strokeWidth=1.6)
        .encode(
            x=altair.X("progress:Q", title="share of the updates", axis=altair.Axis(format="%")),
            y=altair.Y("loss:Q", title="training loss"),
            color=altair.Color(
                "treatment:N",
                title=None,
                scale=colours,
                legend=altair.Legend(labelLimit=300, columns=2, symbolOpacity=1),
            ),
        )
        .properties(width=COLUMN_WIDTH * 1.3, height=PANEL_HEIGHT)
        .facet(facet=altair.Facet("target:N", sort=targets, title=None), columns=min(PANELS, len(targets)))
        .resolve_scale(y="independent")
    )
    return dressed(chart)


def aligned(points: Sequence[Meeting]) -> Chart:
    """How well a language is aligned against what it receives, one dot a language, one panel a target."""
    targets = list(dict.fromkeys(point.target for point in points))
    data = altair.Chart(altair.InlineData(values=[asdict(point) for point in points])).encode(
        x=altair.X("alignment:Q", title="retrieval of translations"), y=altair.Y("score:Q", title="score")
    )
    dots = data.mark_point(filled=True, size=30, color=COLOURS[0], opacity=0.9)
    names = data.mark_text(align="left", dx=6, fontSize=10).encode(text="language:N")
    chart = (
        altair.layer(dots, names)
        .properties(width=COLUMN_WIDTH * 1.4, height=PANEL_HEIGHT * 1.4)
        .facet(facet=altair.Facet("target:N", sort=targets, title=None), columns=min(PANELS, len(targets)))
    )
    return dressed(chart)


def dressed(chart: Any) -> Chart:
    """A chart in the page's clothes."""
    return (
        chart.configure(background="transparent", font=FONT, padding=PADDING)
        .configure_view(stroke=None)
        .configure_axis(grid=True, gridOpacity=0.5, domain=False, ticks=False, labelPadding=6)
        .configure_legend(orient="top")
    )


def languages_by_score(points: Sequence[Point]) -> list[str]:
    """Languages from the highest mean clean score to the lowest."""
    found: dict[str, list[float]] = {}
    for point in points:
        if point.text == CLEAN:
            found.setdefault(point.language, []).append(point.interval.mean)
    return sorted(found, key=lambda language: -sum(found[language]) / len(found[language]))


def svg(chart: Chart) -> Markup:
    """A chart as an element of the page."""
    import vl_convert

    return Markup(vl_convert.vegalite_to_svg(chart.to_dict()))


def write(chart: Chart, path: Path) -> None:
    """A chart as a file of its own, of the kind that the path's ending says: svg, pdf or png. On white paper."""
    import vl_convert

    told = chart.configure(background="white", font=FONT).to_dict()
    match path.suffix:
        case ".svg":
            path.write_text(vl_convert.vegalite_to_svg(told), encoding="utf-8")
        case ".pdf":
            path.write_bytes(vl_convert.vegalite_to_pdf(told))
        case ".png":
            path.write_bytes(vl_convert.vegalite_to_png(told, scale=2))
        case other:
            raise ValueError(f"{path}: figures are written as .svg, .pdf or .png, not {other!r}")
