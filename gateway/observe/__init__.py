"""What the house says of itself while it runs: log lines, figures, traces, and whether it is ready."""
