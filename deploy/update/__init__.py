"""`make deploy NODE=http://user:password@host:6800`: the project's spiders, as an egg, onto a node."""
