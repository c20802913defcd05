// Every sink there is. A new one is its file and one line here.
import type { SinkSpec } from '../core/component.ts'
import { blackhole } from './blackhole.ts'
import { clickhouse } from './clickhouse.ts'
import { elasticsearch } from './elasticsearch.ts'
import { file } from './file.ts'
import { fluent } from './fluent.ts'
import { forward } from './forward.ts'
import { http } from './http.ts'
import { kafka } from './kafka.ts'
import { loki } from './loki.ts'
import { mail } from './mail.ts'
import { otlp } from './otlp.ts'
import { otlpCensus } from './otlp_census.ts'
import { s3 } from './s3.ts'
import { sentinel } from './sentinel.ts'
import { splunkHec } from './splunk_hec.ts'
import { stdout } from './stdout.ts'
import { syslog } from './syslog.ts'

/** Each takes only settings that its own schema has parsed: `spec.create(spec.settings.parse(written), site)`. */
export const sinks: readonly SinkSpec<unknown>[] = [
  erased(blackhole),
  erased(clickhouse),
  erased(elasticsearch),
  erased(file),
  erased(fluent),
  erased(forward),
  erased(http),
  erased(kafka),
  erased(loki),
  erased(mail),
  erased(otlp),
  erased(otlpCensus),
  erased(s3),
  erased(sentinel),
  erased(splunkHec),
  erased(stdout),
  erased(syslog),
]

function erased<Settings>(spec: SinkSpec<Settings>): SinkSpec<unknown> {
  return { ...spec, create: (settings, site) => spec.create(settings as Settings, site) }
}
