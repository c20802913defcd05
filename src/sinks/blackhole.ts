// The `blackhole` sink: takes everything and keeps nothing. For trying out what a pipeline does and costs without a
// store; what is in the records is looked at by nobody, and the counts of the lane say how much there was.
import { z } from 'zod'
import { FORMATS } from '../core/batch.ts'
import type { Sink, SinkSpec } from '../core/component.ts'
import { SinkError } from '../core/errors.ts'

const settings = z.strictObject({})

export const blackhole: SinkSpec<z.infer<typeof settings>> = {
  type: 'blackhole',
  summary: 'Takes records and throws them away: for trials and measurements; the metrics count them',
  settings,
  example: {},
  create: () => new Blackhole(),
}

class Blackhole implements Sink {
  readonly accepts = FORMATS
  private closed = false

  async start(): Promise<void> {}

  async send(): Promise<void> {
    if (this.closed) throw new SinkError('SINK_CLOSED', 'blackhole', false)
  }

  async close(): Promise<void> {
    this.closed = true
  }
}
