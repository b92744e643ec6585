"""The nouns: frozen values that every room speaks of. PURE: no disk, no clock, no network, no environment."""
