"""What :mod:`scale` found, as a page of the documentation."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from typing import Any

HEAD = """# {series:,} series at once

`python benchmarks/forecasting/scale.py` made this page: {series:,} simulated series of {steps}
days, each a week's season and 10% noise on a level of its own, from a polars frame of {points:,}
rows (id, day, value; {frame:.1f} GB) to {forecasts:,} forecast values. Nothing was set:
`Forecaster().fit(frame).predict()`.

| part | seconds | processor seconds | most memory, GB |
|---|--:|--:|--:|
"""

TAIL = """
The most memory in use was **{peak:.1f} GB**, the frame included, on {threads} of
{machine}; {cpu:,.0f} processor seconds in all. Seconds by the clock are of a machine that did other
work as well.

What a pass is: every series is drawn at least once on average. Each of the {networks} networks
takes {training_steps:,} steps and draws {windows:,} windows of {width} points, {each:.1f} a series
on average: {over:.1f} times as many points as the table has, {all_over:.1f} times for all networks
together. Then they are judged on the last part of every series, and learn anew from all of the
time, for as many steps as proved best.

{verdict}

## Reading a table

Bytes a row, beside those of the frame itself: while it is read, and of what is held then.

| rows | frame | most while reading | held | processor seconds |
|--:|--:|--:|--:|--:|
"""


def render(found: Mapping[str, Any]) -> str:
    """The page."""
    fit, gigabyte = found["fit"], 1e9
    told = {
        **fit,
        "points": fit["series"] * fit["steps"],
        "frame": fit["frame"] / gigabyte,
        "peak": max(part["peak"] for part in fit["parts"]) / gigabyte,
        "cpu": sum(part["cpu"] for part in fit["parts"]),
        "threads": "1 thread" if fit["threads"] == 1 else f"{fit['threads']} threads",
        "machine": platform.machine(),
        "each": fit["windows"] / fit["series"],
        "over": fit["windows"] * fit["width"] / (fit["series"] * fit["steps"]),
        "all_over": fit["networks"]
        * fit["windows"]
        * fit["width"]
        / (fit["series"] * fit["steps"]),
    }
    parts = [
        f"| {one['name']} | {one['seconds']:,.0f} | {one['cpu']:,.0f} "
        f"| {one['peak'] / gigabyte:.1f} |\n"
        for one in fit["parts"]
    ]
    rows = [
        f"| {one['rows']:,} | {one['frame']:.0f} | {one['peak']:.0f} | {one['held']:.0f} "
        f"| {one['seconds']:.1f} |\n"
        for one in found["rows"]
    ]
    return HEAD.format(**told) + "".join(parts) + TAIL.format(**told) + "".join(rows)
