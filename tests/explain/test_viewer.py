"""The page in a browser: offline, by mouse, keys and touch, and with whatever the data hold."""

from __future__ import annotations

import base64
from dataclasses import replace

import numpy as np
import pytest
import torch

from browser import ROOT, built, drive, driven, silent
from recurra import LSTM, Recurrent, explain
from recurra.explain.page.quantised import NOTHING, quantised
from recurra.explain.wording import Words

HOSTILE = [
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<!-- ]]> --> \u2028 & \" ' ${alert(1)} {{ 7*7 }}",
    "javascript:alert(1)",
]


def counted(steps=40, units=6, cell="lstm"):
    torch.manual_seed(0)
    layer = Recurrent(cell, 1, units, batch_first=True)
    x = torch.sin(torch.arange(steps) / 3).unsqueeze(1)
    return explain(layer, x, labels=[f"t{n}" for n in range(steps)], title="counted")


def copied():
    """Two units take in what is marked at step 6; the first keeps it, the second forgets it."""
    layer = LSTM(2, 2, batch_first=True)
    with torch.no_grad():
        for part in layer.parameters():
            part.zero_()
        layer.weight_ih_l0[0:2, 1] = 40.0
        layer.bias_ih_l0[0:2] = -20.0
        layer.bias_ih_l0[2:4] = torch.tensor([20.0, -20.0])
        layer.weight_ih_l0[4:6, 0] = 1.0
    x = torch.zeros(30, 2)
    x[6] = torch.tensor([0.8, 1.0])
    return explain(layer, x)


def hostile():
    found = counted(len(HOSTILE), 3)
    words = Words(HOSTILE[0], HOSTILE, HOSTILE[1])
    seen = replace(found.seen[0], name=HOSTILE[0])
    return replace(found, title=HOSTILE[1], words=words, seen=(seen,), notes=tuple(HOSTILE))


def gaps():
    x = torch.rand(20, 1)
    x[7:] = float("nan")
    return explain(Recurrent("gru", 1, 4, batch_first=True), x)


def spoken():
    found = counted(5, 3)
    return replace(found, values=None, words=replace(found.words, labels=["a", "b", "c", "d", "e"]))


PAGES = {
    "counted": counted,
    "spoken": spoken,
    "copied": copied,
    "hostile": hostile,
    "gaps": gaps,
    "two": lambda: counted().beside(counted(cell="gru")),
}

FORGET = ".lane .plot:has(canvas[aria-label^='gate forget']) canvas"
STATE = "canvas[aria-label^='state c']"
PLACES = [[(n + 0.5) / 30, y] for n in (3, 6, 20) for y in (0.25, 0.75)]
ACCESS = [["brush", [".plot canvas", 0.25, 0.5]], ["click", ["summary", 0.5, 0.5]], ["axe", None]]

JOBS = {
    "keys": ("counted", {}, [
        ["told", None],
        ["key", "ArrowLeft ArrowLeft ArrowDown"],
        ["key", "Home"],
        ["key", "Shift+ArrowRight Shift+ArrowRight"],
        ["texts", "section:has(#brush-heading) p"],
        ["key", "End"],
        ["count", ".equations math munder"],
        ["paint", None],
    ]),
    "mouse": ("counted", {}, [
        ["click", [FORGET, 0.51, 0.97]],
        ["brush", [".plot canvas", 0.25, 0.5]],
        ["choose", ["Units", "by likeness"]],
        ["choose", ["Units", "by memory"]],
    ]),
    "touch": ("counted", {"width": 360, "touch": True, "scheme": "dark"}, [
        ["tap", [STATE, 0.01, 0.01]],
        ["width", None],
    ]),
    "light": ("counted", {"axe": True}, ACCESS),
    "dark": ("counted", {"axe": True, "scheme": "dark"}, ACCESS),
    "copied": ("copied", {}, [["pixel", [STATE, *place]] for place in PLACES]),
    "hostile": ("hostile", {}, [
        ["texts", "h1"],
        ["texts", "section:has(#notes-heading) li"],
        ["key", "ArrowLeft"],
        ["count", "img, iframe, script:not([type])"],
    ]),
    "gaps": ("gaps", {}, [
        ["key", "ArrowLeft"],
        ["brush", [".plot canvas", 0.1, 0.9]],
        ["choose", ["Units", "by mean"]],
        ["texts", ".chip b"],
    ]),
    "spoken": ("spoken", {"axe": True}, [
        ["click", [".text span:nth-child(2)", 0.5, 0.5]],
        ["texts", ".text span"],
        ["axe", None],
    ]),
    "two": ("two", {}, [
        ["texts", ".lanes h3"],
        ["count", ".cell"],
        ["count", ".lane canvas"],
    ]),
}  # fmt: skip


@pytest.fixture(scope="module")
def driven_pages(tmp_path_factory):
    """What was seen of every page, in one browser."""
    folder = tmp_path_factory.mktemp("pages")
    for name, made in PAGES.items():
        torch.manual_seed(0)
        made().save(folder / f"{name}.html")
    jobs = [
        {"url": (folder / f"{name}.html").as_uri(), "actions": actions, **options}
        for name, options, actions in JOBS.values()
    ]
    return dict(zip(JOBS, drive(jobs), strict=True))


@pytest.fixture
def seen(driven_pages, request):
    return driven_pages[request.param]["found"]


def of(job):
    return pytest.mark.parametrize("seen", [job], indirect=True)


@driven
def test_no_page_asks_for_anything_or_complains(driven_pages):
    for answer in driven_pages.values():
        silent(answer)


@driven
@of("keys")
def test_keys_walk_through_steps_and_units_and_brush(seen):
    told, moved, home, brushed, said, end, numbers, paint = seen
    assert told.startswith("t39, unit 0 of 6")
    assert moved.startswith("t37, unit 1 of 6")
    assert home.startswith("t0, unit 1")
    assert brushed.startswith("t2, ")
    assert "from t0 to t2" in said[0]
    assert end.startswith("t39, ")
    assert numbers > 20
    assert paint is not None


@driven
@of("mouse")
def test_the_mouse_opens_a_step_and_brushes(seen):
    clicked, opened, *_ = seen
    assert clicked.startswith("t20, unit 5")
    assert "from t10 to t2" in opened


@driven
@of("touch")
def test_a_finger_opens_a_step_on_a_screen_of_360_pixels(seen):
    tapped, (wide, screen) = seen
    assert tapped.startswith("t0, unit 0")
    assert wide <= screen == 360


@driven
@pytest.mark.parametrize("seen", ["light", "dark"], indirect=True)
def test_axe_finds_nothing(seen):
    assert seen[-1] == []


@driven
@of("copied")
def test_the_memory_lane_lights_the_unit_and_steps_of_the_copy_task(seen):
    before, _, marked, other, kept, forgotten = seen
    assert before[3] == 255
    assert before == forgotten
    assert marked == other == kept
    assert marked != before


@driven
@of("hostile")
def test_hostile_names_and_text_are_shown_and_never_run(seen):
    (title,), notes, told, scripts = seen
    assert title == HOSTILE[1]
    assert notes[0] == HOSTILE[0]
    assert told.startswith(HOSTILE[2].split("\u2028")[0].strip())
    assert scripts == 1


@driven
@of("gaps")
def test_values_that_are_no_numbers_are_survived(seen):
    assert "\N{EN DASH}" in seen[-1]


@driven
@of("spoken")
def test_the_words_of_a_text_stand_along_the_top_and_open_their_step(seen):
    told, words, faults = seen
    assert told.startswith("b, unit 0")
    assert words == ["a", "b", "c", "d", "e"]
    assert faults == []


@driven
@of("two")
def test_two_models_stand_beside_each_other(seen):
    names, cells, lanes = seen
    assert names == ["lstm: layer 0", "gru: layer 0"]
    assert cells == 2
    assert lanes == 1 + 6 + 4


@driven
def test_what_is_shipped_is_what_the_source_builds(tmp_path):
    built("viewer", tmp_path)
    for name in ("viewer.js", "viewer.css"):
        shipped = ROOT / "src" / "recurra" / "explain" / "pages" / name
        assert (tmp_path / name).read_text() == shipped.read_text()


def test_nothing_of_the_data_can_end_its_element_even_without_a_browser():
    page = hostile().html()
    assert page.count("<script>") == 1
    assert "<script>alert" not in page
    assert "<img" not in page


def test_numbers_come_to_the_page_within_a_hundred_thousandth_of_their_range():
    values = np.random.default_rng(0).normal(size=(50, 3))
    values[4, 1] = np.nan
    found = quantised(values)
    places = np.frombuffer(base64.b64decode(found.text), "<u2").reshape(3, 50).T
    assert places[4, 1] == NOTHING
    back = found.low + places / 65534 * (found.high - found.low)
    known = np.isfinite(values)
    far = np.abs(back[known] - values[known]).max()
    assert far <= 1e-5 * (found.high - found.low)
    assert quantised(np.full((2, 2), np.nan)).low == 0
