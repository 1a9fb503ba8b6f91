"""The only room that speaks to MongoDB and Redis: one repository per collection, and the seed queue.

Documents stay in here; what comes out are records.
"""
