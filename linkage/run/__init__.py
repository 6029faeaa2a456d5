"""The parts of a nightly run between its stages: what they hand on, how a run that died goes on."""
