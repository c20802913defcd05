"""Sends documents by helpers.bulk of elasticsearch-py: address, number of documents."""
import sys

from elasticsearch import Elasticsearch, helpers

client = Elasticsearch([sys.argv[1]], http_compress=True)
documents = ({"_op_type": "create", "_index": "logs-py", "message": f"py {n}", "n": n} for n in range(int(sys.argv[2])))
taken, errors = helpers.bulk(client, documents, chunk_size=100, raise_on_error=False)
print(taken, len(errors))
