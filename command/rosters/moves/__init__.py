"""Who stands instead of whom: changes by the desk, swaps among colleagues."""
