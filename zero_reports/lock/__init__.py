"""The lock of a period: when late is over, and the exceptions the level above grants."""
