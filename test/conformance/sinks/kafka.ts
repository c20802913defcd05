// A topic of a real broker, which makes no trouble that could be arranged for.
import { clientOf, newTopic, readTopic } from '../../kafka/topics.ts'
import { batchOf } from '../../sinks/site.ts'
import { sharedBrokers, withoutKafka } from '../kafka.ts'
import type { SinkCase } from './case.ts'

export const kafka: SinkCase = {
  name: 'kafka',
  troubles: [],
  type: 'kafka',
  missing: withoutKafka,
  prepare: async () => {
    const brokers = sharedBrokers()
    const topic = await newTopic(brokers)
    return {
      settings: { brokers: brokers.split(','), topic },
      batchOf: (texts) => batchOf('json', ...texts.map((text) => JSON.stringify(text))),
      async stored() {
        const records = await readTopic(clientOf(brokers), topic)
        return records.map(({ value }) => Buffer.from(value ?? []).toString()).join('\n')
      },
      trouble: {},
    }
  },
}
