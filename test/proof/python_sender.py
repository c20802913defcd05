# Sends records with Debian's python3-fluent-logger. argv[1]: the port. Standard input: JSON lines of
# [tag, time in ms, record]; standard output: how many more were handed to the socket, a number a line.
# The client knows no acknowledgements: what is in the socket is all that it can say.
import json
import sys
from fluent import sender

TELL_RECORDS = 500
# It would cut a message in two, and send it whole again, after waiting so long for a server that is busy.
TIMEOUT_S = 600

senders = {}
handed = 0
for line in sys.stdin:
    tag, time_ms, record = json.loads(line)
    prefix, label = tag.split(".", 1)
    if prefix not in senders:
        port = int(sys.argv[1])
        senders[prefix] = sender.FluentSender(
            prefix, host="127.0.0.1", port=port, timeout=TIMEOUT_S, nanosecond_precision=True
        )
    if not senders[prefix].emit_with_time(label, time_ms / 1000, record):
        print(senders[prefix].last_error, file=sys.stderr)
        sys.exit(1)
    handed += 1
    if handed == TELL_RECORDS:
        print(handed, flush=True)
        handed = 0
for one in senders.values():
    one.close()
print(handed, flush=True)
