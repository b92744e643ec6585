"""The settings of one run: where each value comes from, and what it may be."""
