"""How far a network is ahead of an answer that needs none."""

from __future__ import annotations

import dataclasses
import math

import pytest
import torch
from made_studies import material
from scipy import stats

from recurra.studies import Contender, Material, Sequences, Settings
from recurra.studies.material import asked_of
from recurra.studies.network import Network
from recurra.studies.tasks.yours.plain import with_plain
from recurra.studies.trial import _normal, lead

LENGTHS = (3, 5, 2, 4, 6, 1, 7)


def network(made: Material) -> Network:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return Network(Contender("GRU", "gru"), made, Settings(hidden_size=3))


@pytest.mark.parametrize("answer", ["class", "keys", "symbols"])
def test_it_is_of_the_mean_difference_of_sequences_and_its_standard_error(answer) -> None:
    made = with_plain(material(answer, lengths=LENGTHS))
    net, differences = network(made), []
    for place in range(len(LENGTHS)):
        losses, _ = net.judged(*made.batch(made.test, torch.tensor([place])))
        differences.append(float(made.plain.losses[place] - losses.detach().double().mean()))
    found = stats.ttest_1samp(differences, 0.0)
    expected = stats.norm.isf(found.pvalue / 2) * (1 if found.statistic > 0 else -1)
    assert lead(net, made) == pytest.approx(expected, rel=0.03, abs=0.02)


def test_steps_that_are_not_asked_do_not_count() -> None:
    made = with_plain(material("symbols", lengths=LENGTHS[:5], unasked=True))
    known = torch.cat([one[1:] for one in made.test.y])
    assert len(known) == sum(asked_of("symbols", made.test)) < made.test.steps
    found = lead(network(made), made)
    assert found is not None
    assert math.isfinite(found)


def test_of_a_single_sequence_nothing_is_told() -> None:
    made = with_plain(material("class"))
    one = Sequences(made.test.x[:1], made.test.y[:1])
    assert lead(network(made), dataclasses.replace(made, test=one)) is None
    assert lead(network(made), material("class")) is None


@pytest.mark.parametrize("degrees", [2, 3, 5, 9, 50, 5000])
def test_of_few_sequences_more_is_needed_by_student_s_t(degrees: int) -> None:
    for t in (-3.0, 0.5, 2.0, 5.0):
        expected = stats.norm.isf(stats.t.sf(abs(t), degrees)) * (1 if t > 0 else -1)
        assert _normal(t, degrees) == pytest.approx(expected, rel=0.04)
    assert 2.0 < _normal(1e100, degrees) < math.inf
    assert _normal(0.0, degrees) == 0.0


def test_of_two_sequences_it_is_not_taken_for_more_than_it_is() -> None:
    assert _normal(float(stats.t.isf(0.0228, 1)), 1) <= 2.0
