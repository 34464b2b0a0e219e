"""Floor 0: what every other floor stands on; knows nothing of bone."""
