// A Loki by the documentation of its push API: stores the good entries of a push and answers 400 when one was bad,
// knows a repeat by stream, time and line, and refuses streams beyond a limit.
import { type Asked, type Reply, type StandIn, standIn } from '../stand_in.ts'

type Entry = [string, string, Record<string, string>?]

export interface Loki extends StandIn {
  /** Lines by stream (its labels in JSON), each once. */
  readonly streams: Map<string, Map<string, Entry>>
}

export async function loki({ line_bytes_max = 256 * 1024 } = {}): Promise<Loki> {
  const streams = new Map<string, Map<string, Entry>>()

  const answer = (asked: Asked): Reply => {
    if (asked.path !== '/loki/api/v1/push') return { status: 404 }
    if (asked.headers['content-type'] !== 'application/json') return { status: 415 }
    const { streams: pushed } = JSON.parse(asked.body.toString()) as {
      streams: { stream: Record<string, string>; values: Entry[] }[]
    }
    let bad = false
    for (const { stream, values } of pushed) {
      if (Object.keys(stream).length === 0) return { status: 400, body: 'error at least one label pair is required' }
      const kept = streams.get(JSON.stringify(stream)) ?? new Map<string, Entry>()
      streams.set(JSON.stringify(stream), kept)
      for (const entry of values) {
        const [time, line, metadata] = entry
        if (!/^\d{19}$/.test(time)) return { status: 400, body: 'could not parse the time' }
        if (Object.values(metadata ?? {}).some((value) => typeof value !== 'string')) return { status: 400 }
        if (line.length > line_bytes_max) bad = true
        else kept.set(`${time} ${line}`, entry)
      }
    }
    return bad ? { status: 400, body: 'max entry size exceeded: [the line]' } : { status: 204, body: '' }
  }

  return { ...(await standIn(answer)), streams }
}
