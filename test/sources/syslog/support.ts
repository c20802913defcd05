// A syslog source on free ports with a pipeline that only collects, and what a message becomes.
import { onTestFinished } from 'vitest'
import type { Source } from '../../../src/core/component.ts'
import { LegacyTime } from '../../../src/sources/syslog/legacy_time.ts'
import { Messages } from '../../../src/sources/syslog/message.ts'
import { syslog } from '../../../src/sources/syslog.ts'
import { Output } from '../../../src/wire/transcode/output.ts'
import { Site } from '../../conformance/site.ts'
import { HandClock } from '../../pipeline/kit.ts'

/** 2026-11-21T15:00:00Z. */
const NOW_MS = 1795273200000

export interface Running {
  readonly source: Source
  readonly site: Site
  readonly addresses: readonly string[]
}

export async function startSyslog(settings: Record<string, unknown>): Promise<Running> {
  const site = new Site()
  const source = syslog.create(syslog.settings.parse(settings), site)
  onTestFinished(() => source.stop(AbortSignal.timeout(500)))
  await source.start()
  return { source, site, addresses: source.addresses }
}

export interface Read {
  readonly record: Record<string, unknown>
  readonly text: string
  readonly malformed: number
}

/** `message` in Latin-1. */
export function read(message: string, peer: string | null = null, timezone = 'Z', now_ms = NOW_MS): Read {
  const out = new Output(0)
  const messages = new Messages(out, new LegacyTime(timezone, new HandClock(now_ms)))
  const bytes = Buffer.from(`junk${message}junk`, 'latin1')
  messages.add(bytes, 4, bytes.length - 4, peer)
  const text = Buffer.from(out.finish().bytes).toString()
  return { text, record: text === '' ? {} : JSON.parse(text), malformed: messages.malformed }
}

/** Records of all batches, as a JSON reader sees them. */
export function recordsOf(site: Site): Record<string, unknown>[] {
  return site.batches.flatMap(({ bytes }) =>
    Buffer.from(bytes)
      .toString()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line)),
  )
}
