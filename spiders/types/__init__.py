"""The registry of job types: each is one entry, in a module of its own. Pure.

What the service does with jobs of a type stands in control_api/services/jobs/types/.
"""
