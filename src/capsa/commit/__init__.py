"""How a box changes: staged aside, swapped under a journal, recovered by whoever comes next."""
