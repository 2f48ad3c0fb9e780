"""Following up silence: the unit is reminded, the level above hears at the cut-off, then it climbs the tree."""
