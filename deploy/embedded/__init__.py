"""The stack on one machine, without root and without Docker: `python -m deploy.embedded`.

Everything it writes lies in `./.data`. The processes it starts know nothing of it: they get their
settings from the environment, as in any other deployment.
"""
