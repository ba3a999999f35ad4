"""Classes of series of numbers: many to one."""

from recurra.applications.series_class.classifier import SeriesClassifier

__all__ = ["SeriesClassifier"]
