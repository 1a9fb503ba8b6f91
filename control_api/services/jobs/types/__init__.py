"""What the service does with jobs of each type: how they are asked for, what they cost, how they are retried.

What crawlers and exports know of a type stands in spiders/types/.
"""
