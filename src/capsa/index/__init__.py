"""Indexes: pages digested into releases, metadata by the shortest way, files with their hashes held."""
