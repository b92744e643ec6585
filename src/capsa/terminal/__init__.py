"""The only room, with the command line, that writes to a stream."""
