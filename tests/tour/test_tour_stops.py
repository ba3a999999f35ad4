"""What each stop says is true of the numbers on the screen, and these of the networks."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from recurra.tour.stops import STOPS, coupled, directions, gru, sine, structures, vanishing
from recurra.tour.stops.lstm import LATER, PULSE, add, forget, output, update
from recurra.tour.stops.peephole import peephole
from recurra.tour.stops.plain import FADED, plain
from recurra.tour.stops.vanishing import LAG

NUMBER = re.compile(r"(?<![A-Za-z])[\u2212-]?\d+(?:\.\d+)?(?:e[+\u2212-]?\d+)?")


def sigmoid(a):
    return 1 / (1 + math.exp(-a))


def numbers(text):
    return [float(one.replace("\N{MINUS SIGN}", "-")) for one in NUMBER.findall(text)]


def values(frame, name):
    (found,) = (c.values for c in frame.curves if c.name.en.partition(",")[0] == name)
    return found


@pytest.mark.parametrize("make", STOPS, ids=lambda make: make.__name__)
def test_both_languages_say_the_same_figures_and_each_turn_of_the_knob_is_seen(make):
    stop = make()
    assert len(stop.frames) >= 2
    assert 0 <= stop.start < len(stop.frames)
    for frame in stop.frames:
        assert sorted(numbers(frame.says.en)) == sorted(numbers(frame.says.zh))
        assert numbers(frame.says.en)
        assert all(np.isfinite(curve.values).all() for curve in frame.curves)
        assert len({curve.values.shape for curve in frame.curves}) == 1
        assert re.search("[\u4e00-\u9fff]", frame.says.zh)
    shown = {tuple(np.concatenate([c.values for c in f.curves]).round(9)) for f in stop.frames}
    assert len(shown) == len(stop.frames)
    for text in (stop.title, stop.knob, *stop.text):
        assert text.en
        assert re.search("[\u4e00-\u9fff]", text.zh)


def test_the_plain_networks_echo_is_that_of_its_equation_and_fades_when_it_says():
    for frame in plain().frames:
        u, h, echo = float(frame.setting), 0.0, []
        for x in values(frame, "x"):
            h = math.tanh(x + u * h)
            echo.append(h)
        np.testing.assert_allclose(values(frame, "h"), echo, atol=1e-12)
        step, *rest = numbers(frame.says.en)
        if "below" in frame.says.en:
            assert echo[int(step)] < FADED <= echo[int(step) - 1]
            assert rest[:2] == pytest.approx([step - PULSE, echo[int(step)]], rel=1e-2)
        else:
            assert min(echo[PULSE:]) >= FADED
            assert rest == pytest.approx([echo[-1]], rel=1e-2)


def test_gradients_fade_no_slower_than_the_matrix_shrinks_them():
    for frame in vanishing().frames:
        r, (powers,) = float(frame.setting), (c.values for c in frame.curves)
        assert powers[0] == 0
        assert powers[LAG] <= LAG * math.log10(r) + 1
        words = frame.says.en
        assert ("next to nothing" in words) == (powers[LAG] < -2)
        assert ("larger" in words) == (powers[LAG] > 0)
        assert numbers(words)[-1] == pytest.approx(powers[LAG], rel=1e-2)
    assert any("next to nothing" in f.says.en for f in vanishing().frames)


def test_the_forget_gate_keeps_its_share_at_every_step():
    for frame in forget().frames:
        f, c = sigmoid(float(frame.setting)), values(frame, "c")
        assert c[LATER] == pytest.approx(c[PULSE] * f ** (LATER - PULSE), rel=1e-3, abs=1e-9)
        said = numbers(frame.says.en)
        assert said[:2] == pytest.approx([f, math.log(0.5) / math.log(f)], rel=1e-2)


def test_the_input_gate_adds_its_share_of_the_candidate():
    for frame in add().frames:
        i, g, gain = numbers(frame.says.en)
        wanted = sigmoid(float(frame.setting)), math.tanh(2)
        assert (i, g, gain) == pytest.approx((*wanted, wanted[0] * wanted[1]), rel=1e-2)
        assert values(frame, "c")[PULSE] == pytest.approx(wanted[0] * wanted[1])


def test_the_update_is_the_sum_that_it_says():
    for frame in update().frames:
        step, f, before, i, g, after = numbers(frame.says.en)
        assert step == LATER
        assert f * before + i * g == pytest.approx(after, abs=0.01)
        assert values(frame, "c")[LATER] == pytest.approx(after, abs=0.01)


def test_the_output_gate_changes_what_shows_and_not_what_is_held():
    frames = output().frames
    for frame in frames:
        c, h = values(frame, "c"), values(frame, "h")
        np.testing.assert_allclose(h, sigmoid(float(frame.setting)) * np.tanh(c), atol=1e-12)
        np.testing.assert_allclose(c, values(frames[0], "c"))


def test_a_peephole_moves_the_gate_only_once_something_is_held():
    for frame in peephole().frames:
        c, f = values(frame, "c"), values(frame, "f")
        np.testing.assert_allclose(
            f[1:], [sigmoid(1 + float(frame.setting) * one) for one in c[:-1]]
        )


def test_coupled_gates_add_up_to_1_and_the_memory_turns_when_it_says():
    for frame in coupled().frames:
        i, f, c = (values(frame, name) for name in "ifc")
        np.testing.assert_allclose(i + f, 1)
        assert np.abs(c).max() <= 1
        turned = np.flatnonzero(c < 0)
        if "before the end" in frame.says.en:
            assert not len(turned)
        else:
            assert numbers(frame.says.en)[-1] == turned[0]


def test_the_update_gate_keeps_its_share_of_the_state():
    for frame in gru().frames:
        z, h = sigmoid(float(frame.setting)), values(frame, "h")
        assert h[LATER] == pytest.approx(h[PULSE] * z ** (LATER - PULSE), rel=1e-3, abs=1e-9)


def test_each_direction_is_the_mirror_of_the_other():
    frames = {int(frame.setting): frame for frame in directions().frames}
    start, end = (values(frames[step], name) for step, name in
                  ((10, "from the start"), (30, "from the end")))  # fmt: skip
    assert start[20] == pytest.approx(end[20])
    assert values(frames[10], "from the end")[20] == 0
    assert start[20] > 0


def test_the_structures_read_and_answer_as_their_names_say():
    said = [numbers(frame.says.en) for frame in structures().frames]
    assert said == [[1, 1, 1], [1, 6, 1], [8, 1, 8], [8, 8, 8], [8, 6, 8]]


def test_the_sine_is_learned_and_the_same_each_time():
    frames, again = sine().frames, sine().frames
    errors = [numbers(frame.says.en)[1] for frame in frames]
    assert errors[-1] < 0.1 * errors[0]
    assert "more than" in frames[0].says.en
    assert "less than" in frames[-1].says.en
    for frame, other in zip(frames, again, strict=True):
        came, said = (curve.values for curve in frame.curves)
        error = float(np.abs(came - said).mean())
        assert numbers(frame.says.en)[1] == pytest.approx(error, rel=1e-2)
        assert frame.says == other.says
