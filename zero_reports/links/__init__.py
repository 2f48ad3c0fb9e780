"""One-tap links: "nothing to report" for one unit and period, without signing in."""
