"""Floor 5: the faces, what people see."""
