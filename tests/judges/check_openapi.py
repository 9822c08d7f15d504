"""Says whether a file is an OpenAPI 3.1 document, and what is wrong with it: check_openapi.py FILE"""

import json
import sys

from openapi_spec_validator import OpenAPIV31SpecValidator

with open(sys.argv[1], encoding="utf-8") as file:
    document = json.load(file)

faults = list(OpenAPIV31SpecValidator(document).iter_errors())
for fault in faults:
    print(f"{'/'.join(map(str, fault.absolute_path))}: {fault.message[:300]}", file=sys.stderr)
if faults:
    sys.exit(1)
print(f"valid, {len(document['paths'])} paths")
