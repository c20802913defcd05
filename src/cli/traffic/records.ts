// Made-up records of a small web shop: ten services, each in the logging style of its language, most of them in pods.
// A record is a function of seed and number, so that a proof can make it again, raw or as it must look when redacted.
import { type Random as Dice, Random } from './random.ts'
import { type Hidden, hide, type Secret } from './secrets.ts'

export interface TrafficOptions {
  readonly seed: number
  /** Share of records that hold something, 0 to 1. */
  readonly share: number
}

export interface TrafficRecord {
  /** What the census must call its service. */
  readonly service: string
  /** The forward tag. */
  readonly tag: string
  readonly time_ms: number
  readonly body: Record<string, unknown>
  readonly secrets: readonly Secret[]
}

/** 2026-11-21T15:00:00Z; records are a millisecond apart. */
const BEGIN_MS = 1_795_273_200_000

interface Shape {
  readonly service: string
  readonly tag: string
  /** False when its records are one line of text, with no room for members. */
  readonly hasMembers: boolean
  /** `message` is the text with a secret, or undefined: then it says something of its own. */
  body(random: Dice, at: string, message: string | undefined, members: Record<string, unknown>): Record<string, unknown>
}

const AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148',
  'ShopApp/7.31.2 (Android 16; Pixel 9) okhttp/4.12.0',
  'curl/8.14.1',
]
const PATHS = ['/api/v2/cart', '/api/v2/orders', '/search', '/static/app.3f9c1d.js', '/healthz', '/api/v1/stock']
const QUERIES = ['running shoes', 'usb-c cable 2m', 'rain jacket', 'espresso grinder', 'garden hose 25m']
const JAVA_FRAMES = [
  'com.shop.shipping.LabelPrinter.print(LabelPrinter.java:118)',
  'com.shop.shipping.Dispatcher.dispatch(Dispatcher.java:64)',
  'io.netty.channel.AbstractChannelHandlerContext.invokeChannelRead(AbstractChannelHandlerContext.java:444)',
  'java.base/java.util.concurrent.ThreadPoolExecutor.runWorker(ThreadPoolExecutor.java:1144)',
  'java.base/java.lang.Thread.run(Thread.java:1583)',
]

const JAVA_TRACE = [
  'java.lang.IllegalStateException: label service unavailable',
  ...JAVA_FRAMES.map((frame) => `\tat ${frame}`),
  '',
].join('\n')

/** As container runtimes take it from standard output. */
const jsonLine = (value: unknown): string => `${JSON.stringify(value)}\n`

const ordinary = (random: Dice): string =>
  random.pick([
    `order ORD-${random.text('ABCDEFGHJKLMNPQRSTUVWXYZ', 3)}${random.int(1000, 99999)} moved to state packed`,
    `cache miss key=cart:${random.uuid()} ttl=${random.int(10, 900)}s`,
    `query took ${random.int(1, 900)} ms rows=${random.int(0, 5000)} plan=index_scan`,
    `retry ${random.int(1, 5)}/5 in ${random.int(50, 2000)} ms: connection reset by peer`,
    `request finished status=${random.pick([200, 201, 204, 404])} bytes=${random.int(120, 90000)}`,
    `consumer lag topic=orders partition=${random.int(0, 23)} lag=${random.int(0, 4000)}`,
  ])

const trace = (random: Dice) => ({ trace_id: random.hex(32), span_id: random.hex(16) })

/** Pods of each service: as in life, a record comes out of one of a few. */
const REPLICAS = 3
const pods = new Map<string, Record<string, unknown>>()

/** What Fluent Bit's kubernetes filter adds. */
function pod(random: Dice, app: string): Record<string, unknown> {
  const replica = random.int(1, REPLICAS)
  const known = pods.get(`${app} ${replica}`)
  if (known !== undefined) return known
  const own = new Random(replica, app.length * 131 + app.charCodeAt(0))
  const made = {
    kubernetes: {
      pod_name: `${app}-${own.hex(10)}-${own.text('bcdfghjklmnpqrstvwxz2456789', 5)}`,
      namespace_name: 'shop',
      labels: { app, 'app.kubernetes.io/version': `1.${app.length}.4`, tier: 'backend' },
      container_name: app,
      docker_id: own.hex(64),
      host: `node-${own.int(1, 24)}.eu-west-1.internal`,
    },
  }
  pods.set(`${app} ${replica}`, made)
  return made
}

const inPod = (app: string): Pick<Shape, 'service' | 'tag'> => ({
  service: app,
  tag: `kube.var.log.containers.${app}_shop.log`,
})

const SHAPES: readonly Shape[] = [
  {
    ...inPod('checkout'),
    hasMembers: false,
    body: (random, at, message = ordinary(random)) => ({
      log: [
        `time=${at} level=${random.pick(['info', 'info', 'warn'])} caller=cart.go:${random.int(20, 400)}`,
        `msg="${message.replaceAll('"', "'")}" trace=${random.hex(32)}`,
      ].join(' '),
      stream: 'stderr',
      ...pod(random, 'checkout'),
    }),
  },
  {
    ...inPod('payments'),
    hasMembers: true,
    body: (random, at, message = ordinary(random), members) => ({
      log: jsonLine({
        ts: at,
        level: 'info',
        logger: 'payments.gateway',
        msg: message,
        ...trace(random),
        duration_ms: random.int(3, 900),
        ...members,
      }),
      stream: 'stdout',
      ...pod(random, 'payments'),
    }),
  },
  {
    ...inPod('auth'),
    hasMembers: true,
    body: (random, at, message = ordinary(random), members) => ({
      '@timestamp': at,
      level: random.pick(['INFO', 'WARN', 'DEBUG']),
      message,
      thread: `http-nio-8080-exec-${random.int(1, 40)}`,
      ...trace(random),
      http: {
        method: 'POST',
        path: '/oauth2/introspect',
        status: random.pick([200, 200, 401]),
        agent: random.pick(AGENTS),
      },
      ...members,
      ...pod(random, 'auth'),
    }),
  },
  {
    ...inPod('search'),
    hasMembers: true,
    body: (random, at, message, members) => ({
      time: at,
      query: random.pick(QUERIES),
      hits: random.int(0, 4000),
      took_ms: random.int(2, 300) + 0.5,
      shards: Array.from({ length: 3 }, () => ({
        id: random.int(0, 11),
        ms: random.int(1, 99),
        cached: random.chance(0.5),
      })),
      ...(message === undefined ? {} : { message }),
      ...members,
      ...pod(random, 'search'),
    }),
  },
  {
    ...inPod('shipping'),
    hasMembers: false,
    body: (random, at, message = ordinary(random)) => ({
      log: random.chance(0.1)
        ? `${at} ERROR [dispatch-${random.int(1, 8)}] c.s.s.Dispatcher - ${message}\n${JAVA_TRACE}`
        : `${at} INFO  [dispatch-${random.int(1, 8)}] c.s.s.Dispatcher - ${message}`,
      stream: 'stdout',
      ...pod(random, 'shipping'),
    }),
  },
  {
    service: 'gateway',
    tag: 'nginx.access',
    hasMembers: true,
    body: (random, at, message, members) => ({
      service: 'gateway',
      time: at,
      request: `${random.pick(['GET', 'GET', 'POST'])} ${random.pick(PATHS)}?page=${random.int(1, 40)} HTTP/1.1`,
      status: random.pick([200, 200, 200, 304, 404, 500]),
      bytes: random.int(120, 80_000),
      latency: random.int(1, 900) / 1000,
      agent: random.pick(AGENTS),
      referer: 'https://shop.example.com/landing',
      request_id: random.uuid(),
      ...(message === undefined ? {} : { note: message }),
      ...members,
    }),
  },
  {
    service: 'recommendations',
    tag: 'app.python',
    hasMembers: true,
    body: (random, at, message = ordinary(random), members) => ({
      asctime: at,
      levelname: 'INFO',
      name: 'shop.recommendations.model',
      lineno: random.int(10, 900),
      message,
      extra: {
        model: 'als-v7',
        score: random.next(),
        candidates: random.int(10, 500),
        ids: [random.uuid(), random.uuid()],
      },
      ...members,
      container_name: 'recommendations',
    }),
  },
  {
    service: 'inventory',
    tag: 'app.inventory',
    hasMembers: true,
    body: (random, at, message = ordinary(random), members) => ({
      service: { name: 'inventory', version: '4.2.0' },
      event_time: at,
      message,
      sku: `SKU-${random.text('ABCDEFGH', 2)}-${random.int(100, 999)}`,
      quantity: random.int(-5, 400),
      price: random.int(99, 99_999) / 100,
      warehouse: { id: random.int(1, 9), bin: `A${random.int(1, 90)}`, reserved: random.chance(0.3), note: null },
      ...members,
    }),
  },
  {
    service: 'app.notifications',
    tag: 'app.notifications',
    hasMembers: true,
    body: (random, at, message = ordinary(random), members) => ({
      ts: at,
      severity: 'notice',
      text: message,
      channel: random.pick(['push', 'mail', 'sms']),
      attempt: random.int(1, 4),
      ...trace(random),
      ...members,
    }),
  },
  {
    service: 'syslog.batch',
    tag: 'syslog.batch',
    hasMembers: false,
    body: (random, at, message = ordinary(random)) => ({
      ident: 'nightly-export',
      pid: random.int(300, 32_000),
      host: `batch-${random.int(1, 3)}`,
      message: `<30>1 ${at} batch nightly-export - - - ${message}`,
    }),
  },
]

export const TRAFFIC_SERVICES: readonly string[] = SHAPES.map(({ service }) => service)

/** The record number `number`, raw, or as the default pack must leave it. Numbers start at 0. */
export function recordAt(number: number, options: TrafficOptions, view: 'raw' | 'redacted' = 'raw'): TrafficRecord {
  const random = new Random(options.seed, number)
  // Weighted to the front, as in life: a few services write most of the log.
  const shape = SHAPES[Math.min(random.int(0, SHAPES.length - 1), random.int(0, SHAPES.length + 3))]
  const hidden = random.chance(options.share) ? hide(random, shape.hasMembers) : undefined
  const time_ms = BEGIN_MS + number
  const at = new Date(time_ms).toISOString()
  const shown = hidden && (view === 'raw' ? hidden.secret.value : hidden.secret.redacted)
  const message = shown === undefined ? undefined : hidden?.message?.(shown)
  const members = shown === undefined ? {} : (hidden?.members?.(shown) ?? {})
  const body = { seq: number, ...shape.body(random, at, message, members) }
  return { service: shape.service, tag: shape.tag, time_ms, body, secrets: secretsOf(hidden) }
}

function secretsOf(hidden: Hidden | undefined): readonly Secret[] {
  return hidden === undefined ? [] : [hidden.secret]
}
