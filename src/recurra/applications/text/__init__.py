"""Text: what follows what was read, symbol by symbol, and how surprising it is. Each to each."""

from recurra.applications.text.model import LanguageModel
from recurra.applications.text.reading import read_documents
from recurra.applications.text.scores import Surprise

__all__ = ["LanguageModel", "Surprise", "read_documents"]
