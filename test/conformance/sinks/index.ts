// Every sink that the suite runs over: each type has one case at least.
import type { SinkCase } from './case.ts'
import { file } from './file.ts'
import { forward } from './forward.ts'
import { otlpCensus, otlpOverGrpc, otlpOverHttp } from './otlp.ts'
import { stdout } from './stdout.ts'

export const sinkCases: readonly SinkCase[] = [file, forward, otlpCensus, otlpOverGrpc, otlpOverHttp, stdout]
