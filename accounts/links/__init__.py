"""Links that are the right to do one thing without signing in: their secret, and the page behind them."""
