// Which frames of a batch failed closed as a whole, and why, for sources that put such records elsewhere. It is asked
// only when some have, and looks at each frame by itself.
import type { FailReason, ServiceCount } from '../core/counts.ts'
import type { Inspector } from './inspector.ts'
import type { FailedFrame, WorkerTask } from './types.ts'

/** Of these only a part was masked or taken out; the rest of the record was inspected. */
const IN_PART: readonly string[] = ['unknown_field', 'cut_line']

export function hasFailed({ failures }: ServiceCount): boolean {
  return reasonIn(failures) !== undefined
}

export function failedFrames(inspector: Inspector, { format, bytes, ends, origin, mode }: WorkerTask): FailedFrame[] {
  const failed: FailedFrame[] = []
  let start = 0
  for (const [frame, end] of ends.entries()) {
    const one = Uint32Array.of(end - start)
    const { counts } = inspector.inspect(format, bytes.subarray(start, end), one, origin, mode === 'mask_all')
    const reason = counts.services.map(({ failures }) => reasonIn(failures)).find((known) => known !== undefined)
    if (reason !== undefined) failed.push({ frame, reason })
    start = end
  }
  return failed
}

function reasonIn(failures: ServiceCount['failures']): FailReason | undefined {
  return (Object.keys(failures) as FailReason[]).find((reason) => !IN_PART.includes(reason))
}
