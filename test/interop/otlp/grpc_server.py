# An OTLP/gRPC server by grpcio that takes bytes as they are. Prints its port, then the base64 of each request that it
# took. Arguments: codes of the first answers, 0 for success (after them all succeed), details of the others, and the
# message of each response, which is sent compressed. Ends with its standard input.
import base64
import json
import sys
from concurrent.futures import ThreadPoolExecutor

import grpc

EXPORT = "/opentelemetry.proto.collector.logs.v1.LogsService/Export"
STATUS = base64.b64decode(sys.argv[2]) if len(sys.argv) > 2 else b""
RESPONSE = base64.b64decode(sys.argv[3]) if len(sys.argv) > 3 else b""
codes = json.loads(sys.argv[1])


def export(request, context):
    code = codes.pop(0) if codes else 0
    if code != 0:
        context.set_trailing_metadata((("grpc-status-details-bin", STATUS),))
        context.abort(next(known for known in grpc.StatusCode if known.value[0] == code), "said the receiver")
    print(base64.b64encode(request).decode(), flush=True)
    return RESPONSE


class Handler(grpc.GenericRpcHandler):
    def service(self, details):
        return grpc.unary_unary_rpc_method_handler(export) if details.method == EXPORT else None


options = [("grpc.max_receive_message_length", 2**26)]
server = grpc.server(ThreadPoolExecutor(4), [Handler()], options=options, compression=grpc.Compression.Gzip)
print(server.add_insecure_port("127.0.0.1:0"), flush=True)
server.start()
sys.stdin.read()
server.stop(0)
