"""The jobs of a network forwards."""

from __future__ import annotations

from recurra.kernels.cpu import copying, script
from recurra.kernels.cpu.frame import Frame
from recurra.kernels.cpu.memory import Place
from recurra.kernels.cpu.sweeping import Sweeping
from recurra.kernels.cpu.tables import Prepared, Tables
from recurra.kernels.network import Line


def forward(frame: Frame) -> Prepared:
    """All layers, one after another: matrices laid, steps run, last states brought."""
    tables = Tables(frame.library)
    tables.phase()
    passes = {line: begun(frame, line, tables) for line in frame.network.lines}
    for layer in frame.network.layers:
        # Each direction has threads of its own, unless they meet within each step.
        together = any(frame.divides_units(passes[line].compiled) for line in layer)
        tables.phase(script.TOGETHER if together else script.DEALT)
        for line in layer:
            passes[line].add(tables)
        tables.phase()
        for line in layer:
            _finish(frame, line, tables)
    return tables.finished(frame.threads)


def begun(frame: Frame, line: Line, tables: Tables) -> Sweeping:
    """A line's steps with all they read and write; adds the jobs that lay its matrices."""
    machine = frame.machine(line)
    compiled = machine.training if frame.shape.training else machine.inference
    sweeping = Sweeping(frame, line, compiled, forwards=True)
    sweeping.lay(tables)
    for array in compiled.plan.arrays:
        kind, _, name = array.name.partition(" ")
        found = frame.saved[line].get(array) or frame.input(line, array.name)
        if kind in {"before", "after"}:
            sweeping.put(array, *frame.histories[line][name])
        elif kind == "output":
            sweeping.put(array, frame.outputs[line])
        elif found is not None:
            sweeping.put(array, found)
        else:
            sweeping.put_scratch(array)
        if kind == "before":
            sweeping.put_edge(array, frame.initial(line, name))
    return sweeping


def _finish(frame: Frame, line: Line, tables: Tables) -> None:
    """Brings what the line's memory holds to where its user gets it."""
    if not frame.network.every:
        for name in line.schedule.states:
            target, width = frame.slot("last", line, name), line.schedule.states[name].width
            copy(frame, tables, frame.last(line, name), target, width=line.width(width))
    elif frame.shares(line):
        first, _ = frame.histories[line][frame.network.states[0]]
        steps, rows = frame.shape.steps, frame.shape.rows
        width, output = line.output_width, frame.outputs[line]
        copy(frame, tables, first, output, width=width, rows=steps * rows)


def copy(
    frame: Frame,
    tables: Tables,
    source: Place,
    target: Place,
    *,
    width: int,
    rows: int | None = None,
) -> None:
    """Adds the job that copies rows."""
    values: dict[str, int | Place] = {
        "source": source,
        "source by row": source.by_row,
        "target": target,
        "target by row": target.by_row,
        "rows": frame.shape.rows if rows is None else rows,
        "width": width,
    }
    tables.job(copying.COPY, copying.COPY_TABLE, values)
