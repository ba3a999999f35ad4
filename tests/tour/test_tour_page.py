"""The tour as a new user takes it, in both languages."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from browser import ROOT, built, drive, driven, silent
from recurra.cli.main import app
from recurra.tour import tour
from recurra.tour.stops import STOPS

JOBS = {
    "en": ("en", {}, [
        ["texts", "h1, h2"],
        ["turn", ["forget", "End"]],
        ["turn", ["forget", "Home"]],
        ["press", "中文"],
        ["texts", "#forget .says"],
        ["press", "English"],
        ["texts", "#forget .says"],
        ["count", "#forget .chart path"],
        ["texts", "#forget .tick.marked"],
        ["count", "#structures .chart rect.taken"],
    ]),
    "zh": ("zh", {"width": 360, "scheme": "dark"}, [
        ["texts", "h1, h2"],
        ["turn", ["sine", "Home"]],
        ["width", None],
    ]),
    "every en": ("en", {}, [["sweep", make.__name__] for make in STOPS]),
    "every zh": ("zh", {}, [["sweep", make.__name__] for make in STOPS]),
    "light": ("en", {"axe": True}, [["axe", None]]),
    "dark": ("zh", {"axe": True, "scheme": "dark"}, [["axe", None]]),
}  # fmt: skip


@pytest.fixture(scope="module")
def taken(tmp_path_factory):
    """What was seen on the way."""
    folder = tmp_path_factory.mktemp("tour")
    for language in ("en", "zh"):
        (folder / f"{language}.html").write_text(tour(language))
    jobs = [
        {"url": (folder / f"{language}.html").as_uri(), "actions": actions, **options}
        for language, options, actions in JOBS.values()
    ]
    return dict(zip(JOBS, drive(jobs), strict=True))


@driven
def test_no_stop_asks_for_anything_or_complains(taken):
    for answer in taken.values():
        silent(answer)


@driven
def test_every_knob_says_what_its_frame_says_and_stays_where_it_is_in_the_other_language(taken):
    headings, end, home, chinese, said, english, again, lines, marked, taken_steps = taken["en"][
        "found"
    ]
    (forget,) = (make() for make in STOPS if make.__name__ == "forget")
    assert len(headings) == 1 + len(STOPS)
    assert end == forget.frames[-1].says.en
    assert home == forget.frames[0].says.en
    assert chinese == "循环神经网络导览"
    assert said == [forget.frames[0].says.zh]
    assert english == headings[0]
    assert again == [home]
    assert lines == 3
    assert marked == ["5", "20"]
    assert taken_steps == 8 + 1


@driven
@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_place_of_each_knob_says_on_the_screen_what_its_frame_says(taken, language):
    for make, said in zip(STOPS, taken[f"every {language}"]["found"], strict=True):
        frames = make().frames
        wanted = [[getattr(f.setting, language), getattr(f.says, language)] for f in frames]
        assert said == wanted


@driven
def test_it_opens_in_chinese_on_a_screen_of_360_pixels(taken):
    headings, said, (wide, screen) = taken["zh"]["found"]
    assert headings[1] == f"1. {STOPS[0]().title.zh}"
    assert said.startswith("训练 0 轮")
    assert wide <= screen == 360


@driven
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_way(taken, scheme):
    assert taken[scheme]["found"] == [[]]


@driven
def test_the_shipped_tour_is_what_its_source_builds(tmp_path):
    built("tour", tmp_path)
    for name in ("tour.js", "tour.css"):
        shipped = ROOT / "src" / "recurra" / "tour" / "pages" / name
        assert (tmp_path / name).read_text() == shipped.read_text()


def test_the_command_writes_one_file_and_refuses_other_languages(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["learn", "--lang", "zh", "--out", "tour.html"])
    assert result.exit_code == 0, result.output
    assert '<html lang="zh-Hans">' in (tmp_path / "tour.html").read_text()
    refused = CliRunner().invoke(app, ["learn", "--lang", "fr"])
    assert refused.exit_code == 2
    assert "one of en, zh" in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["tour.html"]
