// What shippers for Elasticsearch ask its cluster for before they send, and what they are told so that they go on.
import type { HttpSettings } from './settings.ts'

const UUID = 'AAAAAAAAAAAAAAAAAAAAAA'

/** Null: nothing is known about that. */
export function answerAbout(segments: readonly string[], settings: HttpSettings): unknown {
  const [first, second] = segments
  if (first === undefined) return about(settings.elasticsearch_version)
  if (first === '_license') {
    return { license: { status: 'active', uid: UUID, type: 'basic', mode: 'basic', issued_to: 'logveil' } }
  }
  if (first === '_xpack') {
    const off = { available: false, enabled: false }
    const features = { ilm: off, monitoring: off, security: off }
    return { license: { uid: UUID, type: 'basic', mode: 'basic', status: 'active' }, features }
  }
  if (first === '_cluster' && second === 'health') {
    const shards = { active_primary_shards: 0, active_shards: 0, unassigned_shards: 0 }
    return { cluster_name: 'logveil', status: 'green', timed_out: false, number_of_nodes: 1, ...shards }
  }
  // rsyslog asks for this one, and looks at its status alone.
  if (first === '_cat' && second === 'health') return [{ cluster: 'logveil', status: 'green' }]
  // Without nodes to be told of, clients stay with the address that they were given.
  if (first === '_nodes') return { _nodes: { total: 0, successful: 0, failed: 0 }, cluster_name: 'logveil', nodes: {} }
  return null
}

function about(number: string): unknown {
  const [major] = number.split('.')
  const version = {
    number,
    build_flavor: 'default',
    build_type: 'tar',
    build_hash: 'unknown',
    build_date: '2024-01-01T00:00:00.000Z',
    build_snapshot: false,
    lucene_version: `${Number(major) + 1}.0.0`,
    minimum_wire_compatibility_version: `${Number(major) - 1}.17.0`,
    minimum_index_compatibility_version: `${Number(major) - 1}.0.0`,
  }
  return { name: 'logveil', cluster_name: 'logveil', cluster_uuid: UUID, version, tagline: 'You Know, for Search' }
}
