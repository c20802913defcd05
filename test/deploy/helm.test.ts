// The chart as helm renders it. There is no cluster here: what a cluster would refuse is looked for in the objects.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it, vi } from 'vitest'
import { parse, parseAllDocuments, stringify } from 'yaml'
import { LIMITS } from '../../src/core/limits.ts'
import { fencedBlocks } from '../house/configs.ts'
import { ROOT } from '../house/source.ts'
import { complaintsAbout, helm } from './tools.ts'

// biome-ignore lint/suspicious/noExplicitAny: objects of Kubernetes, which are looked at here
type Thing = any

vi.setConfig({ testTimeout: 120_000 })

const CHART = join(ROOT, 'deploy/helm/logveil')
const folder = mkdtempSync(join(tmpdir(), 'logveil-helm-'))
afterAll(() => rmSync(folder, { recursive: true }))

const GUIDE = 'docs/guides/kubernetes.md'
const [shown] = fencedBlocks(GUIDE, readFileSync(join(ROOT, GUIDE), 'utf8'), 'yaml helm')

const VALUES = {
  'the values of the guide': parse(shown.text),
  'a gateway': {},
  'a gateway that scales': { autoscaling: { enabled: true }, serviceMonitor: { enabled: true } },
  'an agent on every node': {
    kind: 'daemonset',
    hostLogs: true,
    state: { kind: 'hostPath' },
    service: { internalTrafficPolicy: 'Local' },
    config: { sources: { pods: { type: 'file', include: '/var/log/containers/*.log', format: 'cri' } } },
    ports: [{ name: 'syslog', port: 5514, protocol: 'UDP' }],
  },
  'a release with secrets of its own': {
    admin: { existingSecret: 'mine' },
    env: [{ name: 'KEY', value: 'x' }],
    envFrom: [{ secretRef: { name: 'more' } }],
    extraVolumes: [{ name: 'certs', secret: { secretName: 'certs' } }],
    extraVolumeMounts: [{ name: 'certs', mountPath: '/certs' }],
  },
}

const REFUSED = {
  'an unknown kind': [{ kind: 'cronjob' }, 'kind'],
  'an unknown value': [{ replica: 3 }, 'replica'],
  'a port that is none': [{ ports: [{ name: 'forward', port: 99_999 }] }, 'port'],
  'no token for the admin port': [{ admin: { token: '' } }, 'admin.token: choose'],
} as const

/** What helm makes of all these values, by name, or why it refuses them. One process: each is a Java. */
const answers = (skip: (reason: string) => void): Record<string, string> => {
  const all = { ...VALUES, ...Object.fromEntries(Object.entries(REFUSED).map(([name, [values]]) => [name, values])) }
  const files = Object.values(all).map((values, i) => {
    const file = join(folder, `values-${i}.yaml`)
    writeFileSync(file, stringify({ admin: { token: 'chosen-for-the-test' }, ...values }))
    return file
  })
  const parts = helm(skip, 'template', CHART, 'shop', ...files)
    .split(/^####/m)
    .slice(1)
  return Object.fromEntries(Object.keys(all).map((name, i) => [name, parts[i]]))
}
let answered: Record<string, string> | undefined

/** What a release of these values consists of, by kind. */
function release(skip: (reason: string) => void, name: keyof typeof VALUES): Record<string, Thing> {
  answered ??= answers(skip)
  expect(answered[name]).toMatch(/^ made\n/)
  const things = parseAllDocuments(answered[name].replace(' made', '')).map((document): Thing => document.toJS())
  return Object.fromEntries(things.filter(Boolean).map((thing) => [thing.kind, thing]))
}

it('helm finds nothing wrong with the chart', ({ skip }) => {
  expect(helm(skip, 'lint', CHART)).not.toContain('ERROR')
})

it.for(Object.keys(VALUES) as (keyof typeof VALUES)[])('%s: its parts fit together', async (name, { skip }) => {
  const made = release(skip, name)
  const owner = made.Deployment ?? made.DaemonSet
  const { spec: pod, metadata } = owner.spec.template
  const [container] = pod.containers
  expect(metadata.labels).toMatchObject(owner.spec.selector.matchLabels)
  expect(metadata.labels).toMatchObject(made.Service.spec.selector)
  const ports = container.ports.map(({ name, protocol }: Thing) => `${name}/${protocol}`)
  expect(made.Service.spec.ports.map(({ targetPort, protocol }: Thing) => `${targetPort}/${protocol}`)).toEqual(ports)
  const volumes = pod.volumes.map(({ name }: Thing) => name)
  expect(volumes).toEqual(expect.arrayContaining(container.volumeMounts.map(({ name }: Thing) => name)))
  expect(pod.terminationGracePeriodSeconds * 1000).toBeGreaterThan(LIMITS.shutdown_ms)
  expect(container.securityContext).toMatchObject({ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false })
  const token = container.env.find(({ name }: Thing) => name === 'LOGVEIL_ADMIN_TOKEN').valueFrom.secretKeyRef.name
  expect(token).toBe(made.Secret?.metadata.name ?? 'mine')
  const settings = made.ConfigMap.data['logveil.yaml'].replaceAll('${LOGVEIL_ADMIN_TOKEN}', 'a-token-of-some-length')
  expect(await complaintsAbout(settings, 'values.yaml')).toEqual([])
})

it('a gateway that scales has no number of replicas of its own', ({ skip }) => {
  const { Deployment, HorizontalPodAutoscaler } = release(skip, 'a gateway that scales')
  expect(Deployment.spec.replicas).toBeUndefined()
  expect(HorizontalPodAutoscaler.spec.scaleTargetRef.name).toBe(Deployment.metadata.name)
})

it('runs as nobody in particular, but where it reads the files of the node', ({ skip }) => {
  expect(release(skip, 'a gateway').Deployment.spec.template.spec.securityContext).toMatchObject({ runAsNonRoot: true })
  const { spec } = release(skip, 'an agent on every node').DaemonSet.spec.template
  expect(spec.securityContext.runAsUser).toBe(0)
  expect(spec.containers[0].securityContext.capabilities).toEqual({ drop: ['ALL'], add: ['DAC_READ_SEARCH'] })
})

it.for(Object.entries(REFUSED))('%s is refused', ([name, [, told]], { skip }) => {
  answered ??= answers(skip)
  expect(answered[name]).toMatch(/^ refused\n/)
  expect(answered[name]).toContain(told)
})

it('the sidecar example has settings that load', async () => {
  const text = readFileSync(join(ROOT, 'deploy/kubernetes/sidecar.yaml'), 'utf8')
  const [settings, pod] = parseAllDocuments(text).map((document): Thing => document.toJS())
  expect(await complaintsAbout(settings.data['logveil.yaml'], 'sidecar.yaml')).toEqual([])
  const volumes = pod.spec.volumes.map(({ name }: Thing) => name)
  for (const { volumeMounts } of pod.spec.containers) {
    for (const { name } of volumeMounts) expect(volumes).toContain(name)
  }
})
