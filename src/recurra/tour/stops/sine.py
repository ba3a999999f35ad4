"""The sine: a network that learns while you look."""

from __future__ import annotations

import numpy as np
import torch

from recurra.layers import Recurrent
from recurra.structures import ManyToOne
from recurra.tour.stop import Array, Both, Curve, Frame, Stop, figure, setting
from recurra.training import Adam

UNITS, LOOKBACK, TRAIN, TEST = 12, 10, 200, 80
KEPT = (0, 1, 2, 4, 8, 16, 32, 64)


def sine() -> Stop:
    """One step ahead, after more and more passes over the training part."""
    return Stop(
        "sine",
        Both("A sine, learned", "学习正弦波"),
        (
            Both(
                f"An LSTM of {UNITS} units reads {LOOKBACK} values of a sine wave and says "
                f"the next. It was trained when this page was made, on the {TRAIN} values "
                "before those drawn here. Turn how many times it went over them, and compare "
                "with what needs no network: saying the last value again.",
                f"一个有 {UNITS} 个单元的 LSTM 读正弦波的 {LOOKBACK} 个值，说出下一个值。它是"
                f"在生成本页时训练的，用的是图中数据之前的 {TRAIN} 个值。调一调训练了多少轮，"
                "再与不用网络的办法比一比：直接重复上一个值。",
            ),
        ),
        Both("passes over the data", "训练轮数"),
        _frames(),
        0,
        "lstm",
    )


def _frames() -> list[Frame]:
    values = np.sin(0.3 * np.arange(LOOKBACK + TRAIN + TEST))
    windows = torch.from_numpy(values).float().unfold(0, LOOKBACK + 1, 1)
    x, y = windows[:, :-1, None], windows[:, -1:]
    truth = values[LOOKBACK + TRAIN :]
    naive = float(np.abs(truth - values[LOOKBACK + TRAIN - 1 : -1]).mean())
    said = _trained(x[:TRAIN], y[:TRAIN], x[TRAIN:])
    return [_frame(passes, truth, found, naive) for passes, found in said]


def _trained(x: torch.Tensor, y: torch.Tensor, test: torch.Tensor) -> list[tuple[int, Array]]:
    """What the network says of the test part, each time it is kept."""
    state = torch.get_rng_state()
    torch.manual_seed(0)
    model = ManyToOne(Recurrent("lstm", 1, UNITS, batch_first=True), 1)
    optimizer = Adam(model.parameters(), lr=1e-2)
    found = []
    for passes in range(max(KEPT) + 1):
        if passes in KEPT:
            with torch.no_grad():
                found.append((passes, model(test)[:, 0].double().numpy()))
        for rows in torch.split(torch.randperm(len(x)), 20):
            optimizer.zero_grad()
            (model(x[rows]) - y[rows]).square().mean().backward()
            optimizer.step()
    torch.set_rng_state(state)
    return found


def _frame(passes: int, truth: Array, said: Array, naive: float) -> Frame:
    error = float(np.abs(said - truth).mean())
    better = error < naive
    return Frame(
        setting(passes),
        (
            Curve(Both("what came", "真实值"), truth),
            Curve(Both("what it said", "网络说的值"), said),
        ),
        Both(
            f"After {passes} {'pass' if passes == 1 else 'passes'} it is off by {figure(error)} on "
            f"average, {'less' if better else 'more'} than saying the last value again, which is "
            f"off by {figure(naive)}.",
            f"训练 {passes} 轮后，平均误差为 {figure(error)}，"
            f"{'小于' if better else '大于'}“重复上一个值”的 {figure(naive)}。",
        ),
    )
