"""Distributions about a forecast: calibrated on held-out windows, and drawn from."""
