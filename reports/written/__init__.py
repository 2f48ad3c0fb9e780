"""Written reports that come back: the weekly risk list, the monthly review, the quarterly improvement report."""
