"""The only room that renames, links and deletes. Its refusals are sentences (DiskError)."""
