"""Kernels: what runs a cell's schedule over a sequence. They know graphs, never cells."""
