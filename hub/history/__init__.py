"""What nodes measured, over days and years: samples, and rollups of them. See docs/architecture.md."""
