# scrapyd-client builds eggs by way of this file; all that it says stands in pyproject.toml.
from setuptools import setup

setup()
