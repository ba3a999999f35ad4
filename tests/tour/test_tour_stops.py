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


def knob(frame):
    return float(frame.setting.en.replace("\N{MINUS SIGN}", "-"))


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
        # What is marked on the chart is what the sentence speaks of, and lies on the chart.
        last = len(frame.curves[0].values) - 1
        assert all(0 <= mark <= last for mark in frame.marks)
        assert stop.boxes or {PULSE, *map(int, numbers(frame.says.en))} >= {*frame.marks}
        assert frame.setting.en
        assert frame.setting.zh
        assert all(np.isfinite(curve.values).all() for curve in frame.curves)
        assert len({curve.values.shape for curve in frame.curves}) == 1
        assert re.search("[\u4e00-\u9fff]", frame.says.zh)
    assert len({frame.setting for frame in stop.frames}) == len(stop.frames)
    shown = {tuple(np.concatenate([c.values for c in f.curves]).round(9)) for f in stop.frames}
    assert len(shown) == len(stop.frames)
    for text in (stop.title, stop.knob, *stop.text):
        assert text.en
        assert re.search("[\u4e00-\u9fff]", text.zh)


def test_the_plain_networks_echo_is_that_of_its_equation_and_fades_when_it_says():
    for frame in plain().frames:
        u, h, echo = knob(frame), 0.0, []
        for x in values(frame, "x"):
            h = math.tanh(x + u * h)
            echo.append(h)
        np.testing.assert_allclose(values(frame, "h"), echo, atol=1e-12)
        step, *rest = numbers(frame.says.en)
        if "below" in frame.says.en:
            assert echo[int(step)] < FADED <= echo[int(step) - 1]
            assert rest == pytest.approx([step - PULSE, FADED, echo[int(step)]], rel=1e-2)
            assert u <= 1
        else:
            assert min(echo[PULSE:]) >= FADED
            assert rest == pytest.approx([echo[-1]], rel=1e-2)


def test_the_larger_the_recurrent_weight_the_longer_the_echo_and_above_1_it_never_ends():
    frames = plain().frames
    lasting = [sum(values(frame, "h") >= FADED) for frame in frames]
    assert lasting == sorted(lasting)
    assert not values(frames[0], "h")[PULSE + 1 :].any()
    for frame in frames:
        echo = values(frame, "h")
        settled = abs(echo[-1] - math.tanh(knob(frame) * echo[-1])) < 1e-3 < echo[-1]
        assert settled == (knob(frame) > 1)


def test_gradients_fade_no_slower_than_the_matrix_shrinks_them():
    for frame in vanishing().frames:
        r, (powers,) = knob(frame), (c.values for c in frame.curves)
        assert powers[0] == 0
        assert powers[LAG] <= LAG * math.log10(r) + 1
        words = frame.says.en
        assert ("next to nothing" in words) == (powers[LAG] < -2)
        assert ("larger" in words) == (powers[LAG] > 0)
        assert numbers(words)[:3] == pytest.approx([LAG, 10, powers[LAG]], rel=1e-2)
        alone = numbers(words)[3]
        assert alone == pytest.approx(LAG * math.log10(r), rel=1e-2, abs=1e-9)
        # Above 1 the slope of tanh holds it down, by far.
        assert r <= 1 or powers[LAG] < alone - 1
    assert any("next to nothing" in f.says.en for f in vanishing().frames)


def test_the_forget_gate_keeps_its_share_at_every_step():
    for frame in forget().frames:
        f, c = sigmoid(knob(frame)), values(frame, "c")
        assert c[LATER] == pytest.approx(c[PULSE] * f ** (LATER - PULSE), rel=1e-3, abs=1e-9)
        share, *said = numbers(frame.says.en)
        assert share == pytest.approx(f, rel=1e-2)
        if f < 0.5:
            assert "less than half" in frame.says.en
        else:
            assert f ** said.pop(0) == pytest.approx(0.5, rel=1e-2)
        remaining(frame, said, c)


def remaining(frame, said, held):
    """That what a sentence says is left at the later step is."""
    at_pulse, left, later = said
    assert later == LATER
    assert at_pulse == pytest.approx(held[PULSE], rel=1e-2)
    if "less than 0.001" in frame.says.en:
        assert held[LATER] < 0.001 == left
    else:
        assert left == pytest.approx(held[LATER], rel=1e-2)


def test_the_input_gate_adds_its_share_of_the_candidate():
    for frame in add().frames:
        step, i, g, gain = numbers(frame.says.en)
        assert step == PULSE
        wanted = sigmoid(knob(frame)), math.tanh(2)
        assert (i, g, gain) == pytest.approx((*wanted, wanted[0] * wanted[1]), rel=1e-2)
        assert values(frame, "c")[PULSE] == pytest.approx(wanted[0] * wanted[1])


def test_the_update_is_the_sum_that_it_says():
    for frame in update().frames:
        step, f, before, i, g, after = numbers(frame.says.en)
        assert step == LATER
        # A reader who reckons with what is on the screen finds what is on the screen.
        assert round(f * before + i * g, 2) == after
        assert values(frame, "c")[LATER] == pytest.approx(after, abs=0.01)
        without = values(update().frames[4], "c")[LATER]
        assert np.sign(after - round(without, 2)) == np.sign(knob(frame))


def test_the_output_gate_changes_what_shows_and_not_what_is_held():
    frames = output().frames
    for frame in frames:
        c, h = values(frame, "c"), values(frame, "h")
        np.testing.assert_allclose(h, sigmoid(knob(frame)) * np.tanh(c), atol=1e-12)
        wanted = [LATER, c[LATER], sigmoid(knob(frame)), h[LATER]]
        assert numbers(frame.says.en) == pytest.approx(wanted, rel=1e-2)
        np.testing.assert_allclose(c, values(frames[0], "c"))


def test_a_peephole_moves_the_gate_only_once_something_is_held():
    for frame in peephole().frames:
        c, f = values(frame, "c"), values(frame, "f")
        np.testing.assert_allclose(f[1:], [sigmoid(1 + knob(frame) * one) for one in c[:-1]])
        none, before, at_pulse, after, later, left = numbers(frame.says.en)
        assert none == c[PULSE - 1] == 0
        wanted = [f[PULSE - 1], c[PULSE], f[PULSE + 1]]
        assert [before, at_pulse, after] == pytest.approx(wanted, rel=1e-2)
        remaining(frame, [at_pulse, left, later], c)


def test_what_is_held_lasts_the_longer_the_larger_the_peephole():
    left = [values(frame, "c")[LATER] for frame in peephole().frames]
    assert left == sorted(left)
    assert len({*left}) == len(left)


def test_coupled_gates_add_up_to_1_and_the_memory_turns_when_it_says():
    for frame in coupled().frames:
        x, i, c = (values(frame, name) for name in "xic")
        np.testing.assert_allclose(i, sigmoid(knob(frame)))
        assert np.abs(c).max() <= 1
        opened, kept, total, step, none, turned = numbers(frame.says.en)
        assert none == 0
        assert opened == pytest.approx(i[0], abs=5e-4)
        assert round(opened + kept, 3) == total == 1
        assert step == np.flatnonzero(x < 0)[0]
        assert turned == np.flatnonzero(c < 0)[0]
        # A running mean with 1 - i, of candidates that are as good as the input.
        mean, means = 0.0, []
        for one in x:
            mean = (1 - i[0]) * mean + i[0] * one
            means.append(mean)
        np.testing.assert_allclose(c, means, atol=1e-6)
    turns = [numbers(frame.says.en)[-1] for frame in coupled().frames]
    assert turns == sorted(turns, reverse=True)


def test_the_update_gate_keeps_its_share_of_the_state():
    for frame in gru().frames:
        z, h = sigmoid(knob(frame)), values(frame, "h")
        assert h[LATER] == pytest.approx(h[PULSE] * z ** (LATER - PULSE), rel=1e-3, abs=1e-9)
        # The gate is shut at the pulse alone.
        assert values(frame, "z")[PULSE] < 1e-3
        np.testing.assert_allclose(np.delete(values(frame, "z"), PULSE), z)
        share, *said = numbers(frame.says.en)
        assert share == pytest.approx(z, rel=1e-2)
        remaining(frame, said, h)


def test_each_direction_is_the_mirror_of_the_other():
    frames = {int(knob(frame)): frame for frame in directions().frames}
    for step, frame in frames.items():
        looked, there, here = numbers(frame.says.en)
        assert looked == 20
        wanted = [values(frame, name)[20] for name in ("from the start", "from the end")]
        assert [there, here] == pytest.approx(wanted, rel=1e-2)
        assert (there > 0, here > 0) == (step < 20, step > 20)
    start, end = (values(frames[step], name) for step, name in
                  ((10, "from the start"), (30, "from the end")))  # fmt: skip
    assert start[20] == pytest.approx(end[20])
    assert values(frames[10], "from the end")[20] == 0
    assert start[20] > 0


def test_the_structures_read_and_answer_as_their_names_say():
    said = [numbers(frame.says.en) for frame in structures().frames]
    assert said == [[1, 1, 1], [1, 6, 1], [8, 1, 8], [8, 8, 8], [8, 6, 8]]
    for frame, (read, answered, _) in zip(structures().frames, said, strict=True):
        assert [curve.values.sum() for curve in frame.curves] == [read, answered]


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
