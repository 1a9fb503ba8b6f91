"""What every dialect needs to answer a request: access, tokens, errors, JSON, exports."""
