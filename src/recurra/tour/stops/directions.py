"""Two directions."""

from __future__ import annotations

import torch

from recurra.explain import traces
from recurra.layers import Recurrent
from recurra.tour.stop import Both, Curve, Frame, Stop, figure
from recurra.tour.units import STEPS, course, pulses

LOOKED = 20


def directions() -> Stop:
    """One layer reads from the start, another from the end."""
    return Stop(
        "directions",
        Both("Two directions", "双向"),
        (
            Both(
                "A network that reads from the start knows nothing of what comes. In a "
                "bidirectional layer a second network reads from the end, and each step gets both "
                f"answers. Move the pulse, and look at step {LOOKED}: it knows of a pulse before "
                "it by the one direction, of a pulse after it by the other.",
                "从头读起的网络不知道后面是什么。双向层里，另一个网络从尾读起，每一步得到"
                "两个答案。移动"
                f"脉冲，看第 {LOOKED} 步：之前的脉冲由一个方向告诉它，之后的由另一个方向。",
            ),
        ),
        Both("step of the pulse", "脉冲所在的步"),
        [_frame(step) for step in range(2, STEPS, 4)],
        3,
        "elman",
    )


def _frame(step: int) -> Frame:
    layer = Recurrent("elman", 1, 1, bidirectional=True, dtype=torch.float64).eval()
    with torch.no_grad():
        for way in layer.directions:
            for name, part in layer.weights(0, way).items():
                part.fill_({"W": 1.0, "U": 0.9}.get(name, 0.0))
    x = pulses((step, 1.0))
    onwards, back = traces(layer, torch.from_numpy(x).reshape(-1, 1, 1))
    there, here = course(onwards.output), course(back.output)
    return Frame(
        f"{step}",
        (
            Curve(Both("from the start", "从头读起"), there),
            Curve(Both("from the end", "从尾读起"), here),
        ),
        Both(
            f"At step {LOOKED} the direction from the start says {figure(there[LOOKED])}, that "
            f"from the end {figure(here[LOOKED])}.",
            f"第 {LOOKED} 步，从头读起的方向给出 {figure(there[LOOKED])}，从尾读起的给出 "
            f"{figure(here[LOOKED])}。",
        ),
    )
