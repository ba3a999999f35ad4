"""An explanation says what is so, of networks of which it is known."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from recurra import LSTM, ManyToOne, Recurrent, explain
from recurra.errors import OptionError, ShapeError
from recurra.explain.wording import Words, holding


def copier():
    """Keeps in unit 0 what is shown at a step that is marked, until the end; unit 1 forgets."""
    layer = LSTM(2, 2, batch_first=True)
    with torch.no_grad():
        for part in layer.parameters():
            part.zero_()
        rows = {name: slice(2 * n, 2 * n + 2) for n, name in enumerate("ifgo")}
        layer.weight_ih_l0[rows["i"], 1] = 40.0
        layer.bias_ih_l0[rows["i"]] = -20.0
        layer.bias_ih_l0[rows["f"]] = torch.tensor([20.0, -20.0])
        layer.weight_ih_l0[rows["g"], 0] = 1.0
        layer.bias_ih_l0[rows["o"]] = 20.0
    return layer


@pytest.fixture
def copied():
    x = torch.zeros(30, 2)
    x[:, 0] = torch.linspace(-0.5, 0.5, 30)
    x[6] = torch.tensor([0.8, 1.0])
    return explain(
        copier(), x, answer=lambda output: output[:, -1, 0], baseline=torch.zeros(30, 2), title="q"
    )


def test_on_the_copy_task_the_right_unit_and_steps_light_up(copied):
    (layer,) = copied.seen[0].layers
    c = layer.trace.states["c"][:, 0]
    assert not c[:6].abs().gt(1e-6).any()
    assert c[6:, 0] == pytest.approx(np.full(24, np.tanh(0.8)), abs=1e-5)
    assert not c[7:, 1].abs().gt(1e-6).any()
    opened = (layer.trace.gates["input"][:, 0] > 0.5).nonzero()
    assert opened.tolist() == [[6, 0], [6, 1]]


def test_the_answer_is_carried_by_the_step_that_was_copied(copied):
    (seen,) = copied.seen
    assert np.abs(seen.gradients.by_step).argmax() == 6
    assert np.abs(seen.hidden.by_step).argmax() == 6
    said = "\n".join(copied.sentences)
    assert "lies on 1 of 30 steps: 6." in said
    # The forget gate of unit 0 has held all the time.
    assert "the forget gate of 1 of 2 units has held c since 0" in said


def test_a_forget_gate_held_shut_is_said_to_lose_what_was_copied(copied):
    (seen,) = copied.seen
    effects = {(one.gate, one.value): one.answer for one in seen.effects}
    assert effects["forget", 0.0] == pytest.approx(0, abs=1e-6)
    assert effects["forget", 1.0] == pytest.approx(seen.answer, abs=1e-5)
    assert seen.answer == pytest.approx(np.tanh(np.tanh(0.8)), abs=1e-4)
    assert "with the forget gate held at 0" in copied.sentences[-1]


def test_the_figures_are_plain_data(copied):
    figures = json.loads(json.dumps(copied.as_dict(), allow_nan=False))
    assert figures["models"][0]["layers"][0]["memory"][1] == 1
    assert len(figures["models"][0]["integrated_gradients"]) == 30
    assert str(copied).startswith("q\n")


def test_the_largest_answer_of_a_classifier_is_explained():
    torch.manual_seed(0)
    model = ManyToOne(Recurrent("gru", 3, 4, batch_first=True), 5)
    x = torch.randn(9, 3)
    found = explain(model, x)
    assert found.seen[0].answer == pytest.approx(
        float(model.eval()(x[None]).detach().max()), abs=1e-6
    )
    top = explain(Recurrent("gru", 3, 4), x)
    assert top.seen[0].gradients.parts.shape == (9, 3)


def test_two_models_are_shown_beside_each_other_on_one_input_only():
    x = torch.randn(5, 1)
    one, two = (explain(Recurrent(name, 1, 3, batch_first=True), x) for name in ("gru", "lstm"))
    both = one.beside(two)
    assert [seen.name for seen in both.seen] == ["gru", "lstm"]
    assert both.sentences[0].startswith("gru: ")
    assert [seen.name for seen in one.beside(one).seen] == ["gru 1", "gru 2"]
    with pytest.raises(OptionError, match="one or two"):
        both.beside(one)
    other = explain(Recurrent("gru", 1, 3, batch_first=True), x[:4])
    with pytest.raises(OptionError, match="same input"):
        one.beside(other)


def test_bad_input_is_refused():
    layer = Recurrent("gru", 1, 3)
    with pytest.raises(ShapeError, match="one sequence"):
        explain(layer, torch.zeros(1, 2, 1))
    with pytest.raises(ShapeError, match="labels"):
        explain(layer, torch.zeros(3, 1), labels=["a"])
    with pytest.raises(OptionError, match="without a recurrent layer"):
        explain(torch.nn.Flatten(), torch.zeros(3, 1))


def test_as_many_units_as_long_as_possible_hold():
    held = np.array([[0, 1, 1, 0], [0, 1, 1, 1], [1, 1, 1, 1], [1, 1, 1, 0]], bool)
    assert holding(held) == (2, 4)
    assert holding(~held) == (1, 1)
    assert holding(np.zeros((3, 2), bool)) == (0, 0)


def test_where_gradients_do_not_add_up_what_is_hidden_tells_what_carries_the_answer():
    """An answer that swings wildly on the way, and ends on what the last step says."""

    class Swinging(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = Recurrent("gru", 1, 3, batch_first=True)

        def forward(self, x):
            seen = self.layer(x)[0].sum() * 0
            wave = torch.sin(3e4 * x[:, 0]) * (x[:, 0] < 0.999)
            return wave + x[:, -1] + seen

    x = torch.zeros(6, 1)
    x[0], x[-1] = 1.0, 2.0
    found = explain(Swinging(), x, baseline=torch.zeros(6, 1))
    (seen,) = found.seen
    assert not seen.gradients.settled
    assert seen.carried is seen.hidden
    assert "lies on 1 of 6 steps: 5." in found.sentences[1]
    assert "do not add up" in found.sentences[2]
    assert found.as_dict()["models"][0]["gradients_add_up"] is False
    assert '"settled": false' in found.html()


def test_stretches_of_a_text_are_quoted_and_those_of_time_named_by_their_ends():
    words = Words("it", ["the", "tea", "was", "cold"], "with none", "words", '"{}"', " ")
    assert words.stretch(1, 3) == '"tea was cold"'
    assert words.stretch(2, 2) == '"was"'
    letters = Words("it", [*"ACGT" * 20], "with none", "bases", between="")
    assert letters.stretch(1, 3) == "CGT (2 to 4)"
    assert letters.stretch(1, 1) == "C (2)"
    assert letters.stretch(0, 70) == "A (1) to G (71)"
    times = Words("it", ["Monday", "Tuesday"], "with none")
    assert times.stretch(0, 1) == "Monday to Tuesday"
