"""The equations on the page are well-formed, and the numbers in them make them true."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
import torch

from browser import FRONTEND
from recurra import Recurrent, explain
from recurra.cells import names
from recurra.explain.page.equations import typeset
from recurra.explain.page.payload import payload
from recurra.explain.tracing import at_every_step, traces
from recurra.language.typeset import equations


def traced(name):
    torch.manual_seed(0)
    layer = Recurrent(name, 3, 4, 2)
    return traces(layer, torch.randn(6, 1, 3))[1]


@pytest.mark.parametrize("name", names())
def test_every_cells_equations_are_mathml_that_the_page_draws(name):
    graph = traced(name).strand.graph
    allowed = set(re.findall(r'"(m\w+)"', re.search(
        r"ALLOWED = new Set\(\[(.*?)\]", (FRONTEND / "src" / "mathml.ts").read_text()
    ).group(1)))  # fmt: skip
    lines = typeset(graph).lines
    assert len(lines) == len(equations(graph))
    for line in lines:
        found = ET.fromstring(f"<math>{line}</math>")
        assert {element.tag for element in found.iter()} <= allowed
        assert "=" in "".join(found.itertext())


@pytest.mark.parametrize("name", names())
def test_every_value_in_them_has_its_number_at_every_step(name):
    trace = traced(name)
    strand, written = trace.strand, typeset(trace.strand.graph)
    marked = set(re.findall(r'data-ref="(value:\d+)"', "".join(written.lines)))
    assert marked <= written.values.keys()
    assert marked
    values = at_every_step(strand, tuple(written.values.values()), strand.before())
    assert all(value.shape[:2] == (6, 1) for value in values)
    assert all(value.isfinite().all() for value in values)


def test_the_numbers_under_an_lstms_forget_gate_add_up_to_it():
    trace = traced("lstm")
    strand, written = trace.strand, typeset(trace.strand.graph)
    values = dict(
        zip(
            written.values,
            at_every_step(strand, tuple(written.values.values()), strand.before()),
            strict=True,
        )
    )
    (line,) = (one for one in written.lines if "<mi>f</mi>" in one.partition("<mo>=")[0])
    gate, *parts = (values[ref] for ref in re.findall(r'data-ref="(value:\d+)"', line))
    assert len(parts) == 3
    torch.testing.assert_close(torch.sigmoid(sum(parts)), gate)
    torch.testing.assert_close(gate, trace.gates["forget"])


def test_of_many_steps_and_units_only_gates_and_states_are_carried(monkeypatch):
    layer = Recurrent("lstm", 1, 4, batch_first=True)
    found = explain(layer, torch.randn(30, 1))
    (whole,) = payload(found).about["models"][0]["layers"]
    monkeypatch.setitem(payload.__globals__, "MOST", 100)
    (less,) = payload(found).about["models"][0]["layers"]
    assert whole["complete"]
    assert not less["complete"]
    assert [part["key"] for part in less["parts"]] == ["kept:c"]
    assert less["lanes"] == [{**lane} for lane in whole["lanes"]]
