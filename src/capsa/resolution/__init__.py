"""PURE packaging rules around the PubGrub core: demands in, exact files or a proof out."""
