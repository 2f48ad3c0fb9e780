"""Emergency access (break-glass): one person, past their posts, to one incident or a unit's, for some hours."""
