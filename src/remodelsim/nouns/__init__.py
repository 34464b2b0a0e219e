"""Floor 1: the nouns, frozen values that refuse to be wrong; no files, no solving."""
