// The settings that the demo runs on: the whole of them, as they would stand in a file.
import { join } from 'node:path'

/** Files go to `folder`. Paths are written as JSON strings, which YAML reads too. */
export function demoConfig(folder: string): string {
  const path = (name: string) => JSON.stringify(join(folder, name))
  return `# What \`logveil demo\` runs. Try it yourself: logveil run -c logveil.yaml
sources:
  app: { type: forward, listen: 127.0.0.1:0 }
sinks:
  store: { type: file, path: ${path('logs.ndjson')} }
  counts: { type: file, inputs: [census], path: ${path('census.ndjson')} }
policy:
  packs: [default]
census: { window_ms: 5s }
admin: { listen: 127.0.0.1:0 }
`
}
