"""The command line: the table of verbs, its two parsers, and one thin module a verb."""
