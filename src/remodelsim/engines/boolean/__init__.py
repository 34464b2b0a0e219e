"""The Boolean room: one text of rules as a continuous-time Markov process."""
