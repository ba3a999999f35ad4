"""Trainings that are stopped and go on as if they never had been."""
