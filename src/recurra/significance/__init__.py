"""Whether a difference is more than chance."""
