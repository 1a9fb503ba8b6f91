"""What the spiders hand over, one record a file.

Attribute names are camelCase, against PEP 8 and on purpose: they are the keys in MongoDB, in the
API's rows, in `-O` files and in the CSV header, and users see them in a camelCase API. One
vocabulary everywhere is worth more than one convention here.

A field is None when the page does not say; an empty list means the place was read and holds none.
"""
