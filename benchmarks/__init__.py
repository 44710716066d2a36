"""Numbers to beat: each module is one benchmark, run by `make bench` or `python -m benchmarks.<name>`."""
