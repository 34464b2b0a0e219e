"""Floor 4: one question in, one answer out."""
