"""Benchmarks, each beside a peer or a floor measured in the same run; they print ratios anyone can reproduce."""
