"""Writing a warning: the form of a new one, of one that came back, of another level."""
