"""Pictures of reporting over time: completeness, credibility, burden, the three numbers. Questions, never rankings."""
