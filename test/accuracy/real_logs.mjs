// What the whole library finds in real logs, for somebody to read: each finding is a place, never a value.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { findingsOf } from './score.mjs'

/** Real logs are full of these, and they are what they seem. */
const EXPECTED = new Set(['ipv4', 'ipv6', 'mac_address', 'email'])

/**
 * @typedef {{ file: string, line: number, column: number, rule: string }} Sighting
 * @param {import('../../dist/core/policy.js').Policy} policy @param {string} path  a file, or a folder of files
 */
export function sightings(policy, path) {
  const files = statSync(path).isDirectory() ? readdirSync(path).map((name) => join(path, name)) : [path]
  /** @type {Sighting[]} */
  const seen = []
  let lines = 0
  for (const file of files.sort()) {
    const text = readFileSync(file, 'utf8').split('\n')
    lines += text.length - 1
    for (const [at, places] of findingsOf(policy, text).entries()) {
      for (const { rule, column } of places) {
        if (!EXPECTED.has(rule)) seen.push({ file, line: at + 1, column, rule })
      }
    }
  }
  return { lines, seen }
}
