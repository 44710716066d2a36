"""A whole commune on one machine, without hardware: sound cards and cameras for the demo, tests and benchmarks."""
