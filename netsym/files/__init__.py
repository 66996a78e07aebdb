"""Specs and parameter files, read and written."""
