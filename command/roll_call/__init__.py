"""Whether our own people on the spot are all right: asked one by one, never about visitors."""
