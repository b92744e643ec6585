"""Activation scripts and the sentences that tell how to step in, one module a shell."""
