"""Floor 3: the engines, arrays in and arrays out; the Boolean and the ODE room do not know each other."""
