// What logs are like where nothing is wrong: the text on which the cost of rules is measured. Made up; every line is of
// a kind that is in most logs.

const LINES = [
  '2026-11-21T10:00:00.123Z INFO  checkout[4711]: finished method=GET path=/v1/items/8841 status=200 took=12.5ms',
  '192.0.2.17 - - [21/Nov/2026:10:00:01 +0000] "GET /static/app.9f3c.js HTTP/1.1" 304 0 "-" "Mozilla/5.0 (X11; Linux)"',
  'Nov 21 10:00:02 node-7 kubelet[911]: I1121 10:00:02.551023 pod_workers.go:191 "Started" pod="shop/cart-6d9f-x2"',
  'level=warn ts=2026-11-21T10:00:03Z caller=pool.go:118 msg="connection is slow" db=orders wait_ms=184 idle=3 open=20',
  'java.lang.IllegalStateException: closed\tat com.example.ledger.Queue.put(Queue.java:118)\tat java.lang.Thread',
  'DEBUG trace=4bf92f3577b34da6a3ce929d0e0e4736 span=00f067aa0ba902b7 miss for key user:prefs:118 (shard 4)',
  '[2026-11-21 10:00:06,551] ERROR in worker: t 9f1b6f0e-66a1-4a6e-9b7f-5b7f7c1d2e3a failed: timeout',
  'blk_1073741825 received exception, 67108864 bytes at offset 134217728 from /10.0.4.18:50010, replica 2/3',
  'GC pause (young) 118M->74M(512M), 8.4 ms; heap 14.5 % used; 2 regions to survivor; total 1764028800 ns, v17.0.9+9',
  'systemd[1]: Started session-118.scope - Session 118 of user deploy. memory peak 88.2M, consumed 1.204s of cpu',
]

/** `bytes` of it, one line behind the other, padded so that RE2 may read beyond. */
export function ordinaryText(bytes: number): Buffer {
  return Buffer.alloc(bytes + 8, LINES.join(' ')).subarray(0, bytes)
}
