"""Signing in: allauth's steps with our own counting, one-time codes and pages."""
