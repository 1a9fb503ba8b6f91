"""The only place where the API and the worker are put together: `stores`, `api`, `loops`.

It imports all of them; only entry points import it.
"""
