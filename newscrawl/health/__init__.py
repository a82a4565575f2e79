"""Observations of a source -> its state and the reason. Pure: no store, no clock, no network."""
