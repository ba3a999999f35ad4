"""Your data as material: what is held out, on which scale, and what a network must beat."""

from __future__ import annotations

import io
import math
import random
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from recurra.errors import DataError, OptionError
from recurra.studies import Budget, Contender, Material, Trial, tasks
from recurra.studies.material import constant
from recurra.studies.tasks.yours import (
    TASKS,
    evenly,
    forecast,
    letters,
    music,
    sentiment,
    series_class,
    text,
)
from recurra.studies.trial import run

Table = Callable[..., Path]


def equal(one: Material, other: Material, part: str) -> bool:
    a, b = getattr(one, part), getattr(other, part)
    return len(a) == len(b) and all(torch.equal(x, y) for x, y in zip(a.x, b.x, strict=True))


def walk(count: int, seed: int = 0) -> list[float]:
    return [float(one) for one in np.random.default_rng(seed).normal(size=count).cumsum()]


def test_what_is_judged_by_has_no_part_in_scales_or_in_what_is_learned(table: Table) -> None:
    values = walk(200)
    before = forecast.read(table("a.csv", t=list(range(200)), y=values))
    after = forecast.read(table("b.csv", t=list(range(200)), y=[*values[:-30], *[99.0] * 30]))
    assert equal(before, after, "train")
    assert equal(before, after, "validation")
    assert not equal(before, after, "test")
    assert len(before.test) == len(before.validation) == 30


def test_the_last_value_is_what_a_random_walk_must_be_beaten_by(table: Table) -> None:
    values = np.array(walk(400))
    made = forecast.read(table("a.csv", t=list(range(400)), y=values.tolist()))
    assert made.plain is not None
    changes = np.diff(values)
    # Trained on the first 280 points: 279 changes.
    scale, drift = changes[:279].std(), changes[:279].mean()
    naive = ((changes[-60:] / scale) ** 2).mean()
    drifting = (((changes[-60:] - drift) / scale) ** 2).mean()
    expected = {"the last value": naive, "the last value and the drift": drifting}
    assert made.plain.figure == pytest.approx(expected[made.plain.name], rel=1e-4)
    assert made.plain.losses.shape == (60,)


def test_a_season_is_what_a_season_must_be_beaten_by(table: Table) -> None:
    chance, time = np.random.default_rng(0), np.arange(600)
    values = 5 * np.sin(2 * np.pi * time / 60) + chance.normal(size=600)
    made = forecast.read(table("a.csv", t=time.tolist(), y=values.tolist()))
    assert made.plain is not None
    assert "a season of 60 steps was found" in made.note
    later, train = values[-90:], values[:420]
    changes = train[60:] - train[:-60]
    expected = {
        "the value 60 steps before": later - values[-150:-60] - changes.mean(),
        "the last value": later - values[-91:-1],
        "the mean of the past": later - train.mean(),
    }
    errors = (expected[made.plain.name] / changes.std()) ** 2
    assert made.plain.losses.numpy() == pytest.approx(errors, rel=1e-3, abs=1e-4)


def test_the_mean_is_what_noise_must_be_beaten_by(noise: Path) -> None:
    made = forecast.read(noise)
    assert made.plain is not None
    assert made.plain.name == "the mean of the past"
    assert made.plain.figure < 0.7 * made.baseline


def test_series_of_any_unit_are_learned_from_alike(table: Table) -> None:
    values = walk(120)
    both = table(
        "a.csv",
        unique_id=["a"] * 120 + ["b"] * 120,
        ds=list(range(120)) * 2,
        y=values + [1000 * v + 5 for v in values],
    )
    made = forecast.read(both)
    half = len(made.train) // 2
    first, second = torch.stack(list(made.train.x[:half])), torch.stack(list(made.train.x[half:]))
    torch.testing.assert_close(first, second, rtol=1e-4, atol=1e-4)


def test_gaps_are_filled_and_said_and_never_an_answer(table: Table) -> None:
    values: list[object] = [*walk(200)]
    whole = forecast.read(table("a.csv", t=list(range(200)), y=values))
    values[100] = values[101] = ""
    holed = forecast.read(table("b.csv", t=list(range(200)), y=values))
    assert "2 missing values filled" in holed.note
    assert len(holed.train) == len(whole.train) - 2


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([1.0, 2.0, 4.0], "points"),
        (walk(40), "windows"),
        ([5.0] * 200, "varies"),
        (["x"] * 200, "column of numbers"),
    ],
)
def test_series_that_teach_nothing_are_refused(
    table: Table, values: list[object], said: str
) -> None:
    with pytest.raises(DataError, match=said):
        forecast.read(table("a.csv", t=list(range(len(values))), y=values))


def waves(table: Table, name: str, count: int, classes: int = 2) -> Path:
    rows = [
        (n, t, n % classes, math.sin((1 + n % classes) * t) + n)
        for n in range(count)
        for t in range(8)
    ]
    series, time, label, value = (list(column) for column in zip(*rows, strict=True))
    return table(name, id=series, time=time, label=label, value=value)


def test_series_are_scaled_by_those_that_are_learned_from(table: Table) -> None:
    made = series_class.read(waves(table, "a.csv", 60))
    every = torch.cat(list(made.train.x))
    assert float(every.mean()) == pytest.approx(0, abs=1e-5)
    assert float(every.std(correction=0)) == pytest.approx(1, abs=1e-5)
    assert [len(made.train), len(made.validation), len(made.test)] == [36, 12, 12]
    for part in (made.train, made.validation, made.test):
        assert {int(y) for y in part.y} == {0, 1}


def test_a_test_part_of_their_own_is_kept(table: Table) -> None:
    waves(table, "wave_test.csv", 9)
    made = series_class.read(waves(table, "wave_train.csv", 60))
    assert [len(made.train), len(made.validation), len(made.test)] == [48, 12, 9]
    assert "which are of wave_test.csv" in made.note


def test_groups_are_held_out_whole(table: Table) -> None:
    rows = [(n, t, n % 2, n // 6, float(n // 6)) for n in range(60) for t in range(3)]
    names = ("id", "time", "label", "person", "value")
    path = table(
        "a.csv", **{k: list(v) for k, v in zip(names, zip(*rows, strict=True), strict=True)}
    )
    made = series_class.read(path)
    # Each person's value is a number of their own.
    whose = [{float(x[0, 0]) for x in part.x} for part in (made.train, made.validation, made.test)]
    assert whose[0].isdisjoint(whose[1] | whose[2])
    assert whose[1].isdisjoint(whose[2])


@pytest.mark.parametrize(
    ("count", "classes", "said"), [(20, 2, "at least 30"), (60, 1, "two classes")]
)
def test_too_few_series_and_one_class_are_refused(
    table: Table, count: int, classes: int, said: str
) -> None:
    with pytest.raises(DataError, match=said):
        series_class.read(waves(table, "a.csv", count, classes))


def test_series_without_classes_are_refused(table: Table) -> None:
    with pytest.raises(DataError, match="--label-column"):
        series_class.read(table("a.csv", id=[1, 1, 2], value=[1, 2, 3]))


def opinions(table: Table, count: int = 60, **columns: list[object]) -> Path:
    words = ["good", "bad"]
    texts = [f"Tea number {n} was {words[n % 2]}" for n in range(count)]
    return table("a.csv", text=texts, label=[words[n % 2] for n in range(count)], **columns)


def test_texts_are_letters_and_the_plain_answer_is_the_frequency(table: Table) -> None:
    made = sentiment.read(opinions(table))
    assert all(torch.equal(x.sum(1), torch.ones(len(x))) for x in made.train.x)
    assert made.plain is not None
    counts = Counter(int(y) for y in made.train.y)
    whole = sum(counts.values()) + 2
    expected = [-math.log((counts[int(y)] + 1) / whole) for y in made.test.y]
    assert made.plain.losses.tolist() == pytest.approx(expected)
    assert made.plain.figure == made.baseline


def test_empty_texts_are_left_out_and_said(table: Table) -> None:
    path = opinions(table)
    path.write_text(path.read_text() + ",good\n,bad\n")
    made = sentiment.read(path)
    assert "2 empty texts are left out" in made.note
    assert len(made.train) + len(made.validation) + len(made.test) == 60


def test_texts_of_one_class_are_refused(table: Table) -> None:
    path = table("a.csv", text=[f"tea {n}" for n in range(60)], label=["good"] * 60)
    with pytest.raises(DataError, match="at least two classes"):
        sentiment.read(path)


def test_long_texts_lose_their_middle(table: Table) -> None:
    path = table(
        "a.csv", text=[f"{n:02d}" + "a" * 200 + "b" * 90 for n in range(60)], label=[0, 1] * 30
    )
    made = sentiment.read(path)
    assert {len(x) for x in made.train.x} == {sentiment.LONGEST}


def test_rare_letters_count_as_one() -> None:
    many = "".join(chr(0x4E00 + n) for n in range(200)) + "".join(
        chr(0x4E00 + n) for n in range(100)
    )
    known = letters.common([many])
    assert len(known) == letters.MOST
    assert {chr(0x4E00 + n) for n in range(100)} <= known
    assert letters.only("a" + chr(0x4E00), known) == letters.OTHER + chr(0x4E00)
    assert letters.told([letters.only("ab", known)])[0].startswith("2 letters")


def test_a_text_is_parted_in_its_order_and_nothing_is_lost(tmp_path: Path) -> None:
    chance = random.Random(0)
    whole = "".join(chance.choices("abcd ", k=5000))
    (tmp_path / "a.txt").write_text(whole)
    made = text.read(tmp_path / "a.txt")
    order = sorted(set(whole))
    for part, (begin, end) in zip(
        (made.train, made.validation, made.test),
        ((0, 4000), (4000, 4500), (4500, 5000)),
        strict=True,
    ):
        said = "".join(order[int(n)] for y in part.y for n in y)
        assert said == whole[begin + 1 : end]
    assert made.plain is not None
    sizes = torch.tensor([len(y) for y in made.test.y])
    mean = float((made.plain.losses * sizes).sum() / sizes.sum())
    assert mean == pytest.approx(constant("symbols", made.train, made.test))


def test_a_short_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("short")
    with pytest.raises(DataError, match="at least 2,000"):
        text.read(tmp_path / "a.txt")


def rolls(folder: Path, *sizes: int, name: str = "a.mat") -> Path:
    """A file of pieces of so many steps, of keys by chance."""
    scipy_io = pytest.importorskip("scipy.io")
    chance = np.random.default_rng(0)
    cells = np.empty((1, len(sizes)), dtype=object)
    cells[0, :] = [(chance.random((size, 88)) < 0.05).astype(np.uint8) for size in sizes]
    file = io.BytesIO()
    scipy_io.savemat(file, {"traindata": cells})
    (folder / name).write_bytes(file.getvalue())
    return folder / name


def test_music_without_parts_is_held_out(tmp_path: Path) -> None:
    made = music.read(rolls(tmp_path, 250, 250, 250, 250))
    assert "the second half of what is held out is judged by" in made.note
    assert made.validation.steps == made.test.steps == 4 * 24
    assert max(made.train.lengths) <= music.STEPS
    assert made.plain is not None
    assert float(made.plain.losses.mean()) == pytest.approx(made.baseline)


def test_of_few_stretches_to_judge_by_it_says_that_little_can_be_told(tmp_path: Path) -> None:
    made = music.read(rolls(tmp_path, 250, 250, 250, 250))
    assert "of 4 stretches to judge by only what is far better" in made.note
    (tmp_path / "a.txt").write_text("".join(random.Random(0).choices("abcd ", k=3000)))
    assert (
        "of 5 stretches to judge by only what is far better" in text.read(tmp_path / "a.txt").note
    )
    (tmp_path / "b.txt").write_text("".join(random.Random(0).choices("abcd ", k=9000)))
    assert "far better" not in text.read(tmp_path / "b.txt").note


def test_a_single_stretch_to_judge_by_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="1 of its stretches to judge by"):
        music.read(rolls(tmp_path, 1000))


def test_a_single_example_to_judge_by_is_refused(table: Table, tmp_path: Path) -> None:
    table("tea_test.csv", text=["Tea number 99 was good"], label=["good"])
    path = opinions(table).rename(tmp_path / "tea_train.csv")
    with pytest.raises(DataError, match="1 of its texts to judge by"):
        sentiment.read(path)


def test_music_of_a_stretch_too_many_loses_that_stretch_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = rolls(tmp_path, 260, 260, 260, 260)
    every = music.read(path)
    # Of each piece 208 steps are learned from, in 3 stretches.
    assert len(every.train) == 12
    monkeypatch.setattr(music, "LEARNED", 11)
    made = music.read(path)
    assert len(made.train) == 11
    kept = {one.numpy().tobytes() for one in made.train.x}
    assert kept < {one.numpy().tobytes() for one in every.train.x}


@given(st.integers(1, 3000), st.integers(1, 600))
def test_some_at_even_distances_are_as_many_as_may_be(count: int, most: int) -> None:
    found = evenly.places(count, most).tolist()
    assert len(found) == len(set(found)) == min(count, most)
    assert found == sorted(found)
    assert found[0] == 0
    assert most == 1 or found[-1] == count - 1
    gaps = {b - a for a, b in pairwise(found)}
    assert max(gaps, default=0) - min(gaps, default=0) <= 1


@pytest.mark.parametrize("task", sorted(TASKS))
def test_a_network_of_any_kind_of_data_is_held_against_the_plain_answer(
    task: str, table: Table, tmp_path: Path, noise: Path
) -> None:
    (tmp_path / "a.txt").write_text("".join(random.Random(0).choices("abcd ", k=2500)))
    data = {
        "forecast": lambda: noise,
        "music": lambda: rolls(tmp_path, 250, 250, 250, 250),
        "sentiment": lambda: opinions(table),
        "series-class": lambda: waves(table, "w.csv", 60),
        "text": lambda: tmp_path / "a.txt",
    }[task]()
    settings = {"hidden_size": 3, "learning_rate": 0.01}
    found = run(Trial(task, Contender("gru", "gru"), settings, Budget(epochs=1), 0, data))
    assert found.lead is not None
    assert math.isfinite(found.lead)


def test_a_task_takes_the_columns_that_it_reads_and_no_others(table: Table) -> None:
    path = table("a.csv", t=list(range(200)), a=walk(200), b=walk(200, 1))
    with pytest.raises(DataError, match="--target"):
        tasks.material("forecast", path)
    a = tasks.material("forecast", path, (("target", "a"),))
    b = tasks.material("forecast", path, (("target", "b"),))
    assert not equal(a, b, "train")
    assert tasks.material("forecast", path, (("target", "a"),)) is a
    with pytest.raises(OptionError, match="the column 'a' as label"):
        tasks.material("forecast", path, (("label", "a"),))
    with pytest.raises(OptionError, match="no column"):
        tasks.material("parity-20", None, (("target", "a"),))


def test_a_task_of_your_data_needs_some() -> None:
    with pytest.raises(DataError, match="given was no --data"):
        tasks.material("text")
    with pytest.raises(DataError, match="There is no"):
        tasks.material("text", Path("nowhere/at/all.txt"))
