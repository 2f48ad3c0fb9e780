"""A drill is planned, carried out by its controller and the player, and ends what it set in motion."""
