"""What a person, or a unit, owes an answer to, first thing in the morning; and the digest of it at the unit's hour."""
