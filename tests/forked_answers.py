"""A module that a test forks: what it draws, then its environment."""

import os
import random

if __name__ == "__main__":
    print(random.random())
    for name, value in os.environ.items():
        print(f"{name}={value}")
