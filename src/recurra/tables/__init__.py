"""Cells of tables as numbers and times, whoever wrote them and however."""
