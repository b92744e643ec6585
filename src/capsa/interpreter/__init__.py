"""Pythons on this machine: what was asked for, where it is, what it says of itself."""
