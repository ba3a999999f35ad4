"""What a job shows of a fit: one page that opens offline, and a picture."""

from recurra.applications.reporting.learning import draw_losses
from recurra.applications.reporting.page import Page, Passage, Table, render

__all__ = ["Page", "Passage", "Table", "draw_losses", "render"]
