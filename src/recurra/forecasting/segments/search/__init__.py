"""A search of the settings within a budget, on validation windows only."""
