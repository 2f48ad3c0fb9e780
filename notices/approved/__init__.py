"""Templates that providers have approved, and which wording of ours each one says."""
