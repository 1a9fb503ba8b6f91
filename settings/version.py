"""The version of the product. Stated here and nowhere else."""

VERSION = "0.1.0"
