"""One module a verb: takes values, returns values, never prints."""
