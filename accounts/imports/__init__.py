"""Units and people from CSV files: first everything that is wrong, with line numbers; then what would change;
and only with --apply the change itself."""
