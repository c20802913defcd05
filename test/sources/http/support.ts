// An http source on a free port with a pipeline that only collects.
import { connect } from 'node:net'
import { onTestFinished } from 'vitest'
import type { Source } from '../../../src/core/component.ts'
import { http } from '../../../src/sources/http.ts'
import { Site } from '../../conformance/site.ts'

export interface Running {
  readonly source: Source
  readonly site: Site
  readonly address: string
}

export async function startHttp(settings: Record<string, unknown> = {}): Promise<Running> {
  const site = new Site()
  const source = http.create(http.settings.parse({ listen: '127.0.0.1:0', ...settings }), site)
  onTestFinished(() => source.stop(AbortSignal.timeout(500)))
  await source.start()
  return { source, site, address: source.addresses[0] }
}

export interface Sent {
  readonly method?: string
  readonly headers?: Record<string, string>
}

export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

export async function send(url: string, body?: string | Uint8Array, { method, headers }: Sent = {}): Promise<Answered> {
  const bytes = typeof body === 'string' || body === undefined ? body : Buffer.from(body)
  const answer = await fetch(`http://${url}`, { method: method ?? 'POST', headers, body: bytes })
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, body: text === '' ? '' : JSON.parse(text) }
}

/** Frames of all batches, as text in Latin-1. */
export function framesOf(site: Site): string[] {
  return site.batches.flatMap(({ bytes, ends }) =>
    [...ends].map((end, at) => Buffer.from(bytes.subarray(at === 0 ? 0 : ends[at - 1], end)).toString('latin1')),
  )
}

/** Records as a JSON reader sees them. */
export function recordsOf(site: Site): unknown[] {
  return framesOf(site).map((frame) => JSON.parse(Buffer.from(frame, 'latin1').toString()))
}

/** Writes bytes on a socket of its own, and leaves; resolves when the other side has let go. */
export function writeAndLeave(address: string, bytes: string): Promise<void> {
  const [host, port] = address.split(':')
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) }, () => socket.write(bytes, () => socket.destroy()))
    socket.on('error', () => {})
    socket.on('close', () => resolve())
  })
}
