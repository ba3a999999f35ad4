"""Two directions."""

from __future__ import annotations

import torch

from recurra.explain import traces
from recurra.layers import Recurrent
from recurra.tour.stop import Both, Curve, Frame, Stop, figure, setting
from recurra.tour.units import STEPS, course, pulses

LOOKED = 20


def directions() -> Stop:
    """One layer reads from the start, another from the end."""
    return Stop(
        "directions",
        Both("Two directions", "双向网络"),
        (
            Both(
                "A network that reads from the start knows nothing of what comes later. A "
                "bidirectional layer has a second network that reads from the end, and at "
                "each step the answers of both stand side by side. Move the pulse, and look "
                f"at step {LOOKED}: of a pulse before it, the direction from the start tells "
                "it; of one after it, the direction from the end.",
                "从头读起的网络，不知道后面是什么。双向层里还有第二个网络，从尾读起；每一步，"
                f"两个网络的输出并排给出。移动脉冲，看第 {LOOKED} 步：脉冲若在它之前，由从头读"
                "起的方向告诉它；若在它之后，由从尾读起的方向告诉它。",
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
        setting(step),
        (
            Curve(Both("from the start", "从头读起"), there),
            Curve(Both("from the end", "从尾读起"), here),
        ),
        Both(
            f"At step {LOOKED} the direction from the start says {figure(there[LOOKED])}, the one "
            f"from the end {figure(here[LOOKED])}.",
            f"第 {LOOKED} 步，从头读起的方向给出 {figure(there[LOOKED])}，从尾读起的给出 "
            f"{figure(here[LOOKED])}。",
        ),
        (LOOKED,),
    )
