"""An order to several of whom some are enough: once so many have acknowledged, the rest need not come."""
