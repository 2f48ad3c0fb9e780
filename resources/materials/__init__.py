"""Stock: what is kept where and by whom, what moved, and whether the kits of the plans are complete."""
