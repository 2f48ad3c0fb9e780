"""The door of everything that is typed: numbers of people are noticed before a view sees them."""
