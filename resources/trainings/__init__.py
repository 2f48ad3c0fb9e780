"""Who was trained for what and when, and who is to come again. Never how well."""
