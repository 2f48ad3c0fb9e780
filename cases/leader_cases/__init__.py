"""A leader who answers for one matter to its end: proposed by what is on record, decided by people."""
