"""Sentiment: which class a text is of, and which words say so. Many to one."""

from recurra.applications.scoring import Scores
from recurra.applications.sentiment.carrying import Carried
from recurra.applications.sentiment.classifier import SentimentClassifier

__all__ = ["Carried", "Scores", "SentimentClassifier"]
