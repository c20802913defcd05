// The topic that a record is written to, by the template of the settings. What comes out of records is brought to
// letters that topics may have, and to a bounded number of names.
import { LIMITS } from '../../core/limits.ts'
import { factsOf } from '../../net/document_facts.ts'

const PLACES = /\{(topic|source|service)\}/g
const TOPIC_CHARS_MAX = 249
const NAME_CHARS_MAX = 100
const UNKNOWN = 'unknown'
const OTHERS = 'other'

export class Topics {
  private readonly template: string
  private readonly perService: boolean
  private readonly services = new Set<string>()
  /** By what they are made of: most records of a batch go to one topic. */
  private readonly known = new Map<string, string>()

  constructor(template: string) {
    this.template = template
    this.perService = template.includes('{service}')
  }

  /** `value` is null when it is no JSON: then its service is not known. */
  of(topic: string, source: string, value: Uint8Array | null): string {
    const service = this.perService ? this.service(value) : ''
    const parts = `${topic}\n${source}\n${service}`
    const known = this.known.get(parts)
    if (known !== undefined) return known
    const named = this.template.replace(PLACES, (_place, name: string) => {
      return plain(name === 'topic' ? topic : name === 'source' ? source : service)
    })
    const made = named.slice(0, TOPIC_CHARS_MAX)
    if (this.known.size >= LIMITS.services_max) this.known.clear()
    this.known.set(parts, made)
    return made
  }

  private service(value: Uint8Array | null): string {
    const found = value === null ? '' : factsOf(value).service.slice(0, NAME_CHARS_MAX)
    const service = found === '' ? UNKNOWN : plain(found)
    if (this.services.has(service)) return service
    if (this.services.size >= LIMITS.services_max) return OTHERS
    this.services.add(service)
    return service
  }
}

/** A redaction may stand in a name. */
function plain(text: string): string {
  return text.replace(/[^a-zA-Z0-9._-]/g, '_')
}
