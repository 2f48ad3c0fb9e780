"""People and their accounts: opened, changed, disabled by the security administrator."""
