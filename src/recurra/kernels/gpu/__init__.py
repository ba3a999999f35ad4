"""The kernel for NVIDIA GPUs: passes over time in Triton, written from a cell's equations."""
