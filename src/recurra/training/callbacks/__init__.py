"""What acts on a training from outside: one callback a file."""
