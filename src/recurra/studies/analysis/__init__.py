"""What the trials of a study say."""
