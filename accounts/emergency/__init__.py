"""What is open to one person past their posts, for some hours: emergency access."""
