"""The measurements of `make bench`: what is worked out from figures, and that the page has all of them."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.bench import document, plot, rates, results
from tests.bench.__main__ import MEASUREMENTS
from tests.bench.results import Found, Point, Row
from tests.bench.rows import ROWS

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "performance.md"
QUICK = Row("quick", "Pages", "a page", "ms", "a bare view", most=50)
ALONE = Row("alone", "Pages", "no floor", "MB", "")
FOUND = {
    "quick": Found("quick", 60.0, 20.0, {"Datasette": 30.0, "Django admin": 120.0}),
    "alone": Found("alone", 1234.5),
}
POINTS = [
    Point("list", "ours", 5_000, 20.0),
    Point("list", "ours", 1_000_000, 40.0),
    Point("list", "a <peer>", 5_000, 2),
]


def test_a_ratio_is_by_the_floor_and_by_each_peer():
    line = dict(zip(results.HEAD, results.cells(QUICK, FOUND["quick"]), strict=True))
    assert (line["value"], line["floor"], line["× floor"]) == ("60", "20", "3")
    assert (line["Datasette, ×"], line["Django admin, ×"]) == ("2", "0.50")


def test_where_there_is_no_floor_there_is_no_ratio():
    assert results.ratio(5.0, None) is None
    assert results.ratio(5.0, 0.0) is None
    assert results.cells(ALONE, FOUND["alone"])[2:] == ("1,234", "", "", "", "", "", "", "")


def test_a_goal_says_whether_it_is_met():
    assert results.goal(QUICK, FOUND["quick"]) == "≤ 50: missed"
    assert results.goal(QUICK, Found("quick", 50.0)) == "≤ 50"
    assert results.goal(Row("x", "g", "n", "", "", least=5), Found("x", 4.0)) == "≥ 5: missed"
    assert results.goal(ALONE, FOUND["alone"]) == ""


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.1234, "0.12"), (12.34, "12.3"), (1234.5, "1,234"), (7.0, "7"), (None, ""), (0.0014, "< 0.01")],
)
def test_a_number_has_the_digits_that_matter(value, said):
    assert results.number(value) == said


def test_what_a_measurement_tells_is_what_is_read(tmp_path, monkeypatch):
    results.tell("quick", 1.0)  # nobody listens
    monkeypatch.setenv("BENCH_RESULTS", str(tmp_path / "results"))
    results.tell("quick", 60.0, 20.0, datasette=30.0, django=120.0)
    results.tell_point("list", "ours", 5_000, 20.0)
    found, points = results.read(tmp_path / "results")
    assert found == {"quick": FOUND["quick"]}
    assert points == POINTS[:1]


def test_the_table_has_each_group_with_what_was_measured():
    said = results.text([QUICK, ALONE, Row("never", "Others", "not measured", "", "")], FOUND)
    assert re.search(r"^Pages\na page +ms +60 +20 +3 +30 +2 +120 +0\.50 +≤ 50: missed$", said, re.MULTILINE)
    assert "Others" not in said


def test_a_table_of_the_page_leaves_out_empty_columns():
    assert results.markdown([results.cells(ALONE, FOUND["alone"])]) == (
        "| measured | unit | value |\n| --- | --- | --: |\n| no floor | MB | 1,234 |\n"
    )


def test_a_call_brings_so_many_logs_a_minute():
    row = Row("rate.read", "Rates", "read", "logs", "")
    assert rates.lines([row], {"rate.read": Found("rate.read", 50.0, 50.0)}) == [
        ("read", "50", "1", "4,000", "10,000", "12,000")
    ]


def test_a_plot_is_a_picture_with_both_axes_and_each_line():
    root = ElementTree.fromstring(plot.svg("The list", "logs", "milliseconds", POINTS))  # noqa: S314 - ours
    texts = ["".join(each.itertext()) for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"The list", "logs", "milliseconds", "ours", "a <peer>"} <= set(texts)
    assert {"1,000", "1,000,000", "1", "10", "100"} <= set(texts)
    assert len(list(root.iter("{http://www.w3.org/2000/svg}circle"))) == len(POINTS)


def test_the_axes_go_by_powers_of_ten():
    assert plot.powers([5_000, 1_000_000]) == (3, 6)
    assert plot.powers([20.0]) == (1, 2)
    assert plot.powers([10.0]) == (1, 2)
    assert [plot.tick(power) for power in (3, 0, -2)] == ["1,000", "1", "0.01"]


def test_no_two_rows_have_one_key_or_one_name():
    assert len({row.key for row in ROWS}) == len(ROWS)
    assert len({(row.group, row.name) for row in ROWS}) == len(ROWS)


def test_every_measurement_is_a_module():
    assert {name for name in MEASUREMENTS if not (ROOT / "tests" / "bench" / f"{name}.py").is_file()} == set()


def test_the_page_has_every_row_that_is_declared():
    written = PAGE.read_text(encoding="utf-8")
    for group in dict.fromkeys(row.group for row in ROWS):
        part = written.partition(f"### {group}\n")[2].partition("\n###")[0]
        names = {line.split("|")[1].strip() for line in part.splitlines() if line.startswith("| ")}
        assert {row.name for row in ROWS if row.group == group} <= names, group


def test_the_page_has_its_pictures_and_no_place_without_a_figure():
    written = PAGE.read_text(encoding="utf-8")
    for name in document.PLOTS:
        assert f"](pictures/cost-{name}.svg)" in written
        ElementTree.parse(document.PICTURES / f"cost-{name}.svg")  # noqa: S314 - ours
    assert not re.search(r"\{\w+\}", written)


def test_what_the_page_says_of_goals_and_peers_follows_from_the_figures():
    assert document.missed([QUICK, ALONE], FOUND) == "* Pages, a page: 60 ms, the goal is 50."
    assert document.missed([ALONE], FOUND) == "Every goal in the tables is met."
    assert (
        document.peers([QUICK], FOUND) == "* Pages, a page: ours is 2 times Datasette's and 0.50 times Django admin's."
    )
    assert "| A list of 50 rows with a filter: ours | 5,000 to 1,000,000 | 200 | 2 |" in document.growth(POINTS)
