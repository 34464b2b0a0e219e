"""The ODE room: one text of rules as a logic-based ODE, joined to the bone cells."""
