"""Sources into wheels: build backends (PEP 517, PEP 660) in a box of their own, sdists, commits of git."""
