"""A project's files: where it is, what its requirements files demand."""
