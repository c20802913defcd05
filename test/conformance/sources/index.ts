// Every source that the suite runs over: each type has one case at least.
import type { SourceCase } from './case.ts'
import { file } from './file.ts'
import { forward } from './forward.ts'
import { httpCases } from './http.ts'
import { journald } from './journald.ts'
import { kafka } from './kafka.ts'
import { otlpOverGrpc, otlpOverHttp } from './otlp.ts'
import { stdin } from './stdin.ts'
import { syslogCases } from './syslog.ts'

export const sourceCases: readonly SourceCase[] = [
  file,
  forward,
  ...httpCases,
  journald,
  kafka,
  otlpOverGrpc,
  otlpOverHttp,
  stdin,
  ...syslogCases,
]
