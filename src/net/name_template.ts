// Names at a receiver (of an index, an object, a stream) made of a template such as `logs-{service}-{yyyy}.{MM}.{dd}`.
// What comes out of records is brought to letters that mean nothing anywhere, and to a bounded number of names.
import { z } from 'zod'
import { LIMITS } from '../core/limits.ts'

const PLACE = /\{([a-zA-Z]+)\}/g
const TIMES = ['yyyy', 'MM', 'dd', 'HH'] as const
const PLAIN_CHARS_MAX = 64
const OTHERS = 'other'
const HOUR_MS = 3_600_000

export interface Named {
  readonly service: string
  /** Name of the source. */
  readonly origin: string
  readonly time_ms: number
  /** Id of the batch. */
  readonly batch?: string
}

export class NameTemplate {
  private readonly template: string
  private last = { key: '', name: '' }
  private readonly services = new Set<string>()

  constructor(template: string) {
    this.template = template
  }

  of(named: Named): string {
    const { service, origin, time_ms, batch } = named
    const hour = Math.floor(time_ms / HOUR_MS)
    const key = `${hour} ${origin} ${batch} ${service}`
    // Records of one service and hour come together.
    if (key !== this.last.key) this.last = { key, name: this.made(named) }
    return this.last.name
  }

  private made({ service, origin, time_ms, batch = '' }: Named): string {
    const date = new Date(time_ms)
    return this.template.replace(PLACE, (_place, name: string) => {
      if (name === 'service') return this.bounded(plain(service))
      if (name === 'source') return plain(origin)
      if (name === 'batch') return batch
      if (name === 'yyyy') return String(date.getUTCFullYear()).padStart(4, '0')
      const parts = { MM: date.getUTCMonth() + 1, dd: date.getUTCDate(), HH: date.getUTCHours() }
      return String(parts[name as keyof typeof parts]).padStart(2, '0')
    })
  }

  private bounded(service: string): string {
    if (this.services.has(service)) return service
    if (this.services.size >= LIMITS.services_max) return OTHERS
    this.services.add(service)
    return service
  }
}

/** A template as a setting; `also` names places besides those that there always are. */
export function nameSetting(...also: string[]) {
  const known = ['service', 'source', ...TIMES, ...also]
  return z
    .string()
    .min(1)
    .superRefine((template, context) => {
      const unknown = [...template.matchAll(PLACE)].filter(([, name]) => !known.includes(name))
      const open = /[{}]/.test(template.replaceAll(PLACE, '')) ? ['a brace'] : []
      for (const fault of [...unknown.map(([place]) => place), ...open]) {
        const places = known.map((one) => `{${one}}`).join(', ')
        context.addIssue({ code: 'custom', message: `${fault} is no place for a value; there are ${places}` })
      }
    })
}

/** Lower-case letters, digits, `_`, `.` and `-`; begins with a letter or a digit. */
function plain(text: string): string {
  const named = text
    .slice(0, PLAIN_CHARS_MAX)
    .toLowerCase()
    .replaceAll(/[^a-z0-9_.-]/g, '_')
    .replace(/^[^a-z0-9]+/, '')
  return named === '' ? 'unknown' : named
}
