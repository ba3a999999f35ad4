"""Segment-wise recurrence: patches of a series in, patches of its future out."""
