# Sends records with Debian's python3-fluent-logger. argv[1]: { "count", "options", "asynchronous" }
import json
import sys
from fluent import asyncsender, sender

settings = json.loads(sys.argv[1])
module = asyncsender if settings["asynchronous"] else sender
logger = module.FluentSender("app", timeout=10, **settings["options"])
for n in range(settings["count"]):
    record = {"n": n, "log": "line %d" % n, "uni": "na\u00efve", "raw": b"bytes", "big": 2**63, "none": None}
    if not logger.emit_with_time("web", n + 0.5 if settings["options"].get("nanosecond_precision") else n, record):
        print(logger.last_error, file=sys.stderr)
        sys.exit(1)
logger.close()
