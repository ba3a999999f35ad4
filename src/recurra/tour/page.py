"""The tour as one page that opens offline."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import Any

from recurra import pages
from recurra.cells import find
from recurra.explain.page.equations import typeset
from recurra.explain.page.policy import policy, shipped, within_script
from recurra.language import trace
from recurra.tour.stop import Both, Frame, Stop
from recurra.tour.stops import STOPS

LANGUAGES = ("en", "zh")


def tour(language: str = "en") -> str:
    """Runs and trains the networks of all stops, and gives the page as HTML.

    Args:
        language: ``"en"`` or ``"zh"``, in which it opens; it can be changed on the page.
    """
    script, style = shipped("recurra.tour", "tour.js"), shipped("recurra.tour", "tour.css")
    about = {"language": language, "stops": [_stop(make()) for make in STOPS]}
    return pages.template("recurra.tour", "tour.html").render(
        policy=policy(script, style),
        script=script,
        style=style,
        language="zh-Hans" if language == "zh" else "en",
        about=within_script(json.dumps(about, ensure_ascii=False, allow_nan=False)),
        version=version("recurra"),
    )


def _stop(stop: Stop) -> dict[str, Any]:
    return {
        "key": stop.key,
        "title": _both(stop.title),
        "text": [_both(one) for one in stop.text],
        "knob": _both(stop.knob),
        "steps": _both(stop.steps),
        "start": stop.start,
        "boxes": stop.boxes,
        "cell": stop.cell,
        "equations": [*typeset(trace(find(stop.cell)())).lines] if stop.cell else [],
        "frames": [_frame(one) for one in stop.frames],
    }


def _frame(frame: Frame) -> dict[str, Any]:
    return {
        "setting": _both(frame.setting),
        "marks": [*frame.marks],
        "says": _both(frame.says),
        "curves": [
            {"name": _both(one.name), "values": [float(f"{v:.6g}") for v in one.values]}
            for one in frame.curves
        ],
    }


def _both(text: Both) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}
