"""Jobs: the user's own files in, a model out that does one thing, and a report on how well."""
