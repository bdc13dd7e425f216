"""Purpose-built APIs at the gate: declared, judged, probed, deprecated, retired; proposed from what a dataset is."""
