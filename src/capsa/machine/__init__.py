"""What capsa keeps of this machine, in the data folder: which boxes there are on it."""
