"""The journal in words, and the page an auditor reads it on."""
