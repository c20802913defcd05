// Every source there is. A new one is its file and one line here.
import type { SourceSpec } from '../core/component.ts'
import { file } from './file.ts'
import { forward } from './forward.ts'
import { http } from './http.ts'
import { journald } from './journald.ts'
import { kafka } from './kafka.ts'
import { kafkaTransform } from './kafka_transform.ts'
import { otlp } from './otlp.ts'
import { stdin } from './stdin.ts'
import { syslog } from './syslog.ts'

/** Each takes only settings that its own schema has parsed: `spec.create(spec.settings.parse(written), site)`. */
export const sources: readonly SourceSpec<unknown>[] = [
  erased(file),
  erased(forward),
  erased(http),
  erased(journald),
  erased(kafka),
  erased(kafkaTransform),
  erased(otlp),
  erased(stdin),
  erased(syslog),
]

function erased<Settings>(spec: SourceSpec<Settings>): SourceSpec<unknown> {
  return { ...spec, create: (settings, site) => spec.create(settings as Settings, site) }
}
