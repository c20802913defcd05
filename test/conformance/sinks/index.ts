// Every sink that the suite runs over: each type has one case at least.
import type { SinkCase } from './case.ts'
import { file } from './file.ts'
import { forward } from './forward.ts'
import { kafka } from './kafka.ts'
import { otlpCensus, otlpOverGrpc, otlpOverHttp } from './otlp.ts'
import { stdout } from './stdout.ts'

export const sinkCases: readonly SinkCase[] = [file, forward, kafka, otlpCensus, otlpOverGrpc, otlpOverHttp, stdout]
