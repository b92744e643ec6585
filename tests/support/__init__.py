"""What several tests need: a loopback index, a capsa that runs as a process."""
