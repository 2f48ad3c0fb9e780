"""Outside agencies: whom to phone when something is theirs to do. A hand-over to them is a record, never a command."""
