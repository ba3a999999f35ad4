"""Equations as MathML, which browsers draw themselves: no script, no network."""

from typing import Any

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx


def visit_inline(writer: Any, node: nodes.math) -> None:
    """Writes an equation within a line."""
    writer.body.append(tex2mathml(node.astext()))
    raise nodes.SkipNode


def visit_block(writer: Any, node: nodes.math_block) -> None:
    """Writes an equation on a line of its own."""
    # Room for subscripts, and a bar to scroll by only where an equation is too wide.
    style = "overflow-x: auto; overflow-y: hidden; padding: 0.35em 0"
    math = tex2mathml(node.astext(), as_block=True)
    writer.body.append(f'<div style="{style}">{math}</div>')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Offers the renderer under the name ``mathml``."""
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
