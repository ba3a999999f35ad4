import re

import torch

from recurra.layers import Recurrent, summary


def _printed(model, capsys):
    summary(model)
    return capsys.readouterr().out


def test_it_prints_each_layer_with_its_output_and_parameters(capsys):
    model = torch.nn.Sequential(Recurrent("lstm", 1, (50, 100)), torch.nn.Linear(100, 1))
    printed = _printed(model, capsys)
    assert printed.startswith("Sequential\n")
    for row in (
        r"0\.0 \(lstm\) +│ \(T, B, 50\) +│ +10,400 ",
        r"0\.1 \(lstm\) +│ \(T, B, 100\) +│ +60,400 ",
        r"1 \(Linear\) +│ \(\.\.\., 1\) +│ +101 ",
    ):
        assert re.search(row, printed), printed
    assert "Total parameters: 70,901 (70,901 trainable)" in printed


def test_it_says_the_order_of_axes_and_both_directions(capsys):
    printed = _printed(Recurrent("gru", 1, 4, bidirectional=True, batch_first=True), capsys)
    assert "0 (gru, both directions)" in printed
    assert "(B, T, 8)" in printed


def test_frozen_parameters_are_counted_apart(capsys):
    model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1))
    model[0].requires_grad_(requires_grad=False)
    printed = _printed(model, capsys)
    assert "Total parameters: 13 (4 trainable)" in printed
    assert "Tanh" not in printed


def test_a_single_layer_and_one_without_a_known_shape_are_shown(capsys):
    printed = _printed(torch.nn.Conv1d(1, 2, 3), capsys)
    assert re.search(r"model \(Conv1d\) +│ \.\.\. +│ +8 ", printed)
