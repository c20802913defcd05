// Where what Fluent Bit's Kubernetes filter puts into a record belongs in OpenTelemetry: attributes of the resource, by
// the names of its semantic conventions.

const encoder = new TextEncoder()
const decoder = new TextDecoder()

const NAMES: Readonly<Record<string, string>> = {
  pod_name: 'k8s.pod.name',
  pod_id: 'k8s.pod.uid',
  pod_ip: 'k8s.pod.ip',
  namespace_name: 'k8s.namespace.name',
  container_name: 'k8s.container.name',
  container_image: 'container.image.name',
  container_hash: 'container.image.id',
  docker_id: 'container.id',
  host: 'k8s.node.name',
}
const NAME_BYTES_MAX = 64

/** Maps whose members become attributes of their own, with what goes before their names. */
const PREFIXES: Readonly<Record<string, string>> = {
  labels: 'k8s.pod.label.',
  annotations: 'k8s.pod.annotation.',
  namespace_labels: 'k8s.namespace.label.',
}

const KUBERNETES = 'kubernetes'

export function isKubernetes(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== KUBERNETES.length) return false
  for (let at = start; at < end; at++) if (bytes[at] !== KUBERNETES.charCodeAt(at - start)) return false
  return true
}

/** Name of the attribute for a member of `kubernetes`; one without another name keeps its own, behind `kubernetes.`. */
export function attributeName(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const name = decoder.decode(bytes.subarray(start, end))
  const known = end - start <= NAME_BYTES_MAX && Object.hasOwn(NAMES, name) ? NAMES[name] : `${KUBERNETES}.${name}`
  return encoder.encode(known)
}

/** What goes before the names of the members of this member, when it is a map of names and texts; else undefined. */
export function prefixOf(bytes: Uint8Array, start: number, end: number): Uint8Array | undefined {
  if (end - start > NAME_BYTES_MAX) return undefined
  const name = decoder.decode(bytes.subarray(start, end))
  return Object.hasOwn(PREFIXES, name) ? encoder.encode(PREFIXES[name]) : undefined
}
