"""Units that end, split or merge on a day to come. What was before stays as it was."""
