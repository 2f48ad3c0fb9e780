"""What a unit has ready for whoever writes an order, beside what its plan has."""
