"""The figures of the page, as SVG that needs no script and takes the page's colours."""

from collections.abc import Sequence

import altair

from crosswind.report.summary import Point
from crosswind.stats.averages import CLEAN

# Clean text, then kinds of perturbed text: told apart by every kind of colour vision, and by shape.
COLOURS = ("#0072b2", "#d55e00", "#cc79a7", "#e69f00", "#56b4e9")
SHAPES = ("circle", "diamond", "triangle-up", "square", "triangle-down")
GUESS = "#8a9099"
ROW_HEIGHT = 17
COLUMN_WIDTH = 190
COLUMNS = 4


def scores_by_language(points: Sequence[Point], chance: float) -> str:
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
        .facet(facet=altair.Facet("treatment:N", sort=treatments, title=None), columns=min(COLUMNS, len(treatments)))
        .configure(background="transparent", font="system-ui, sans-serif")
        .configure_view(stroke=None)
        .configure_axis(grid=True, gridOpacity=0.5, domain=False, ticks=False, labelPadding=6)
        .configure_axisX(title="score", tickCount=6)
        .configure_legend(orient="top")
    )
    return svg(chart)


def languages_by_score(points: Sequence[Point]) -> list[str]:
    """Languages from the highest mean clean score to the lowest."""
    found: dict[str, list[float]] = {}
    for point in points:
        if point.text == CLEAN:
            found.setdefault(point.language, []).append(point.interval.mean)
    return sorted(found, key=lambda language: -sum(found[language]) / len(found[language]))


def svg(chart: altair.TopLevelMixin) -> str:
    import vl_convert

    return str(vl_convert.vegalite_to_svg(chart.to_dict()))
