// Every sink that the suite runs over: each type has one case at least.
import type { SinkCase } from './case.ts'
import { file } from './file.ts'
import { fluent } from './fluent.ts'
import { forward } from './forward.ts'
import { clickhouse, elasticsearch, http, loki, s3, sentinel, splunkHec, splunkHecWithAcks } from './http.ts'
import { kafka } from './kafka.ts'
import { mail } from './mail.ts'
import { otlpCensus, otlpOverGrpc, otlpOverHttp } from './otlp.ts'
import { stdout } from './stdout.ts'
import { syslog } from './syslog.ts'

export const sinkCases: readonly SinkCase[] = [
  clickhouse,
  elasticsearch,
  file,
  fluent,
  forward,
  http,
  kafka,
  loki,
  mail,
  otlpCensus,
  otlpOverGrpc,
  otlpOverHttp,
  s3,
  sentinel,
  splunkHec,
  splunkHecWithAcks,
  stdout,
  syslog,
]
