"""One module a verb: arguments in, one operation, its result shown."""
