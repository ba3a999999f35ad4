"""Step by step: a network that answers with the next change, its predictions fed back."""
