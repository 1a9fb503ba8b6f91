"""In the place of the reader: it answers the names in its environment."""

import json
import os

print(json.dumps({"names": sorted(os.environ)}))
