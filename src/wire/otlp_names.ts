// The paths of what an OTLP request holds. They are those that Fluent Bit's forward events give to the same data, so
// that one policy fits both:
//
//   resource attribute   @group.resource.attributes.KEY     record attribute   @metadata.otlp.attributes.KEY
//   scope                @group.scope.name …                severity, event    @metadata.otlp.severity_text …
//   body that is a map   KEY, at the top                    any other body     log
//   field that is not of this version of the protocol       @unknown
import { type Paths, ROOT } from '../core/paths.ts'

export class OtlpNames {
  readonly log: number
  readonly unknown: number
  readonly attributes: number
  readonly severityText: number
  readonly eventName: number
  readonly record: number
  readonly resource: number
  readonly resourceAttributes: number
  readonly resourceSchema: number
  readonly entities: number
  readonly entitySchema: number
  readonly entityType: number
  readonly entityIdKeys: number
  readonly entityDescriptionKeys: number
  readonly scope: number
  readonly scopeName: number
  readonly scopeVersion: number
  readonly scopeAttributes: number
  readonly scopeSchema: number

  constructor(paths: Paths) {
    const at = (...names: string[]) => names.reduce((parent, name) => paths.childNamed(parent, name), ROOT)
    this.log = at('log')
    this.unknown = at('@unknown')
    this.record = at('@metadata', 'otlp')
    this.attributes = at('@metadata', 'otlp', 'attributes')
    this.severityText = at('@metadata', 'otlp', 'severity_text')
    this.eventName = at('@metadata', 'otlp', 'event_name')
    this.resource = at('@group', 'resource')
    this.resourceAttributes = at('@group', 'resource', 'attributes')
    this.resourceSchema = at('@group', 'resource', 'schema_url')
    this.entities = at('@group', 'resource', 'entity_refs', '[]')
    this.entitySchema = paths.childNamed(this.entities, 'schema_url')
    this.entityType = paths.childNamed(this.entities, 'type')
    this.entityIdKeys = at('@group', 'resource', 'entity_refs', '[]', 'id_keys', '[]')
    this.entityDescriptionKeys = at('@group', 'resource', 'entity_refs', '[]', 'description_keys', '[]')
    this.scope = at('@group', 'scope')
    this.scopeName = at('@group', 'scope', 'name')
    this.scopeVersion = at('@group', 'scope', 'version')
    this.scopeAttributes = at('@group', 'scope', 'attributes')
    this.scopeSchema = at('@group', 'scope', 'schema_url')
  }
}
