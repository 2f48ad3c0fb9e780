"""Who is silent, and whom one would phone about it."""
