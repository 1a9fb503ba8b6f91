# Raised whenever the same bytes may give another item; stored with every row.
PARSER_VERSION = "1.4"
