// What is wrong in a file, where, and what to do. Never holds a value that came from the environment or a file.

export interface Complaint {
  readonly file: string
  /** 1-based, as editors count. */
  readonly line: number
  readonly column: number
  /** Dotted: `sinks.store.path`, `policy.rules[0].find`; '' is the whole file. */
  readonly path: string
  readonly message: string
  readonly remedy: string
}

/** `file:line:column: message (remedy)`: the form that terminals and editors make a link of. */
export function formatComplaint(complaint: Complaint): string {
  const { file, line, column, message, remedy } = complaint
  return `${file}:${line}:${column}: ${message} (${remedy})`
}

export type Path = readonly (string | number)[]

export function renderPath(path: Path): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else text += text === '' ? part : `.${part}`
  }
  return text
}

/** In file order; the files stay in the order in which they were first complained about. */
export function inFileOrder(complaints: readonly Complaint[]): Complaint[] {
  const files = [...new Set(complaints.map((complaint) => complaint.file))]
  return [...complaints].sort(
    (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
  )
}
