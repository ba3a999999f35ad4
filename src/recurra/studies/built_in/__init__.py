"""Studies that come with Recurra: one module each, with its ``STUDY`` and what its paper found."""
