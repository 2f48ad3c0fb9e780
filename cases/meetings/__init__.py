"""Daily meetings that a plan asks of units (每日碰头): that they were held, and when no more are asked. Never who came."""
