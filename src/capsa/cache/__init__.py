"""The store: unpacked, verified archives and digested pages, named by hash, shared by every box."""
