"""Which action a recording of movement shows: many to one."""

from recurra.applications.action.classifier import ActionClassifier

__all__ = ["ActionClassifier"]
