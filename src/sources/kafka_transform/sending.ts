// How records get into a transaction: all at once, and when the broker finds something too large, once more with care.
import { KafkaError, type OutRecord, type OutRun, type Transaction } from '../../net/kafka/client.ts'
import { retried } from './attempts.ts'
import { tooLarge } from './dead_letters.ts'
import type { KafkaTransformSettings } from './settings.ts'

export function isTooLarge(error: unknown): boolean {
  return error instanceof KafkaError && (error.code === 'MESSAGE_TOO_LARGE' || error.code === 'RECORD_LIST_TOO_LARGE')
}

export async function sendAtOnce(
  transaction: Pick<Transaction, 'send'>,
  records: readonly OutRecord[],
  runs: readonly OutRun[],
  signal: AbortSignal,
): Promise<void> {
  if (records.length + runs.length > 0) await retried(() => transaction.send(records, runs), signal)
}

/**
 * Only records of one partition in each request: when it is refused, nothing of it was written, and its halves can be
 * tried. A record that is too large by itself is replaced by a note.
 */
export async function sendWithCare(
  settings: KafkaTransformSettings,
  transaction: Pick<Transaction, 'send'>,
  records: readonly OutRecord[],
  signal: AbortSignal,
): Promise<void> {
  const groups = new Map<string, OutRecord[]>()
  for (const record of records) {
    const name = partitionOf(record)
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [record])
    else group.push(record)
  }
  for (const group of groups.values()) await sendHalves(settings, transaction, group, signal)
}

async function sendHalves(
  settings: KafkaTransformSettings,
  transaction: Pick<Transaction, 'send'>,
  records: readonly OutRecord[],
  signal: AbortSignal,
): Promise<void> {
  try {
    await sendAtOnce(transaction, records, [], signal)
  } catch (error) {
    if (!isTooLarge(error)) throw error
    if (records.length === 1) return sendAtOnce(transaction, [tooLarge(settings, records[0])], [], signal)
    const half = Math.ceil(records.length / 2)
    await sendHalves(settings, transaction, records.slice(0, half), signal)
    await sendHalves(settings, transaction, records.slice(half), signal)
  }
}

/** Where no partition is named the key decides. */
function partitionOf({ topic, partition, key }: OutRecord): string {
  return partition === null ? `${topic} ${Buffer.from(key ?? []).toString('hex')}` : `${topic}/${partition}`
}
