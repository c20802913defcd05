// Shows what is wrong in a settings file, one line each, in the form that editors and terminals make a link of.
import type { Complaint } from '../settings/complaint.ts'
import { coloursFor, plain } from './terminal.ts'

export function showComplaints(complaints: readonly Complaint[]): void {
  const { red, bold, dim } = coloursFor(process.stderr)
  show(complaints, ({ place, message, remedy }) => `${bold(place)} ${red(message)} ${dim(remedy)}`)
}

export function showWarnings(warnings: readonly Complaint[]): void {
  const { yellow, bold, dim } = coloursFor(process.stderr)
  show(warnings, ({ place, message, remedy }) => `${bold(place)} ${yellow('warning:')} ${message} ${dim(remedy)}`)
}

interface Parts {
  place: string
  message: string
  remedy: string
}

function show(complaints: readonly Complaint[], render: (parts: Parts) => string): void {
  const lines = complaints.map((complaint) => {
    const { file, line, column } = complaint
    const place = plain(`${file}:${line}:${column}:`)
    const remedy = plain(`(${complaint.remedy})`)
    return `${render({ place, message: plain(complaint.message), remedy })}\n`
  })
  process.stderr.write(lines.join(''))
}
