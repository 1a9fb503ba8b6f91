"""A module that a test forks: it says what environment it has."""

import os

if __name__ == "__main__":
    for name, value in os.environ.items():
        print(f"{name}={value}")
