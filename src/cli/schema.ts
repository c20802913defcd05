// `logveil schema`: the JSON Schema of the settings, for editors.
import { Command } from 'commander'
import { jsonSchema } from '../settings/index.ts'
import { Output } from './output.ts'

const EXAMPLES = `
Examples:
  logveil schema > logveil.schema.json
  # then, as the first line of logveil.yaml:
  # yaml-language-server: $schema=./logveil.schema.json`

export function schemaCommand(): Command {
  return new Command('schema')
    .summary('print the JSON Schema of the settings, for editors')
    .description('Prints the JSON Schema of the settings: editors complete and check the file with it.')
    .addHelpText('after', EXAMPLES)
    .action(() => new Output().write(`${JSON.stringify(jsonSchema(), null, 2)}\n`))
}
