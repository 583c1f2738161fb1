"""The methods of the benchmark, one file each. They are found by entry point; `collab` imports none of them by name."""
