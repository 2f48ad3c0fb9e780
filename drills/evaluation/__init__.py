"""What came of a drill: expected beside done, what evaluators saw and rated, the report and what is to be improved."""
