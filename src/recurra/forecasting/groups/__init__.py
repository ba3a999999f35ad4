"""A model a group of series, together one model."""
