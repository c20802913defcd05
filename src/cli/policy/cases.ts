// The cases of `logveil policy test` as an operator writes them: what stands in a record, what is to be found in it and
// what is to become of it. Reading them runs nothing.
import { z } from 'zod'
import type { Complaint } from '../../settings/complaint.ts'
import { SettingsDocument } from '../../settings/document.ts'
import { parsePart } from '../../settings/parse.ts'

const finding = z.union([
  z.string().min(1),
  z.strictObject({
    rule: z.string().min(1).describe('Id of the rule.'),
    path: z.string().describe('Dotted path of the field.').optional(),
    value: z.string().describe('The bytes that are found, as they stand in the record.').optional(),
  }),
])

const caseShape = z.strictObject({
  name: z.string().min(1).describe('What the case claims.'),
  text: z.string().describe('Lines as a file holds them, each text or JSON.').optional(),
  record: z.record(z.string(), z.unknown()).describe('A record, taken as a line of JSON.').optional(),
  source: z.string().min(1).describe('Name that rules with where.source see.').default('cli'),
  finds: z.array(finding).describe('Rules that find something, in the order of places; [] is none.').optional(),
  becomes: z
    .union([z.string(), z.record(z.string(), z.unknown()), z.null()])
    .describe('What comes out: text, or a record, or null when the record is dropped.')
    .optional(),
})

const fileShape = z.strictObject({
  policy: z
    .union([z.string().min(1), z.record(z.string(), z.unknown())])
    .describe('The policy itself, or its file, beside this one; --policy goes before.')
    .optional(),
  cases: z.array(z.unknown()).describe('The cases.'),
})

export type Case = z.infer<typeof caseShape> & { readonly line: number }

export interface CaseFile {
  /** A file, or `here` when the policy stands in the file itself. */
  readonly policy: { readonly file: string } | 'here' | undefined
  readonly cases: readonly Case[]
  readonly complaints: readonly Complaint[]
}

/** Complaints have the file, line and column of what is wrong; with one the cases are not to be run. */
export function readCases(text: string, file: string): CaseFile {
  const document = new SettingsDocument(text, file)
  if (!document.usable) return { policy: undefined, cases: [], complaints: document.complaints }
  const written = parsePart(fileShape, { document, path: [], value: document.plain([]) })
  const cases: Case[] = []
  for (const [at, value] of (written?.cases ?? []).entries()) {
    const path = ['cases', at]
    const parsed = parsePart(caseShape, { document, path, value })
    if (parsed === undefined) continue
    if ((parsed.text === undefined) === (parsed.record === undefined)) {
      document.complain(path, 'value', 'a case needs `text` or `record`, and not both', 'write one of the two')
    }
    if (parsed.finds === undefined && parsed.becomes === undefined) {
      document.complain(path, 'value', 'the case expects nothing', 'add `finds`, or `becomes`, or both')
    }
    cases.push({ ...parsed, line: document.lineOf(path) })
  }
  if (document.usable && cases.length === 0) {
    document.complain(['cases'], 'value', 'there are no cases', 'add one: { name: …, text: …, finds: [] }')
  }
  const policy = typeof written?.policy === 'string' ? { file: written.policy } : written?.policy && ('here' as const)
  return { policy, cases, complaints: document.complaints }
}
