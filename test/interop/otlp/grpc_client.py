# Calls an OTLP/gRPC server with bytes as they are, by grpcio, and prints what each call was answered as a line of JSON.
# Argument: {"address", "secure"?, "calls": [{"path"?, "message" (base64), "repeat"?, "at_once"?, "compression"?,
# "metadata"?, "timeout"?}]}
import base64
import json
import sys
from concurrent.futures import ThreadPoolExecutor

import grpc

EXPORT = "/opentelemetry.proto.collector.logs.v1.LogsService/Export"
COMPRESSIONS = {None: grpc.Compression.NoCompression, "gzip": grpc.Compression.Gzip, "deflate": grpc.Compression.Deflate}


def answer(channel, call, message):
    method = channel.unary_unary(call.get("path", EXPORT))
    try:
        reply = method(
            message,
            timeout=call.get("timeout", 20),
            metadata=list(call.get("metadata", {}).items()),
            compression=COMPRESSIONS[call.get("compression")],
        )
        return {"code": 0, "reply": base64.b64encode(reply).decode()}
    except grpc.RpcError as error:
        details = dict(error.trailing_metadata() or ()).get("grpc-status-details-bin", b"")
        return {"code": error.code().value[0], "status": base64.b64encode(details).decode()}


def main():
    given = json.loads(sys.stdin.read())
    options = [("grpc.max_send_message_length", -1), ("grpc.keepalive_time_ms", 1000)]
    channel = grpc.insecure_channel(given["address"], options)
    if "secure" in given:
        read = lambda name: open(given["secure"][name], "rb").read()
        credentials = grpc.ssl_channel_credentials(read("ca"), read("key"), read("cert"))
        options.append(("grpc.ssl_target_name_override", "localhost"))
        channel = grpc.secure_channel(given["address"], credentials, options)
    for call in given["calls"]:
        message = base64.b64decode(call["message"])
        if "size" in call:
            message = bytes(call["size"])
        with ThreadPoolExecutor(call.get("at_once", 1)) as pool:
            for result in pool.map(lambda _: answer(channel, call, message), range(call.get("repeat", 1))):
                print(json.dumps(result))


main()
