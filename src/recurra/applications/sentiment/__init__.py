"""Sentiment: which class a text is of, and which words say so. Many to one."""

from recurra.applications.sentiment.carrying import Carried
from recurra.applications.sentiment.classifier import SentimentClassifier
from recurra.applications.sentiment.scores import Scores

__all__ = ["Carried", "Scores", "SentimentClassifier"]
