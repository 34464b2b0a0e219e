"""What the data promise."""
