// The module that the walkers are compiled to (assembly/index.ts): what it exports, and how it is loaded.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

/** What is needed of Node's global: its types do not have it. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object, imports: Record<string, Record<string, unknown>>) => { exports: unknown }
}

/** What assembly/index.ts exports. Booleans are 0 and 1 there. */
export interface Walks {
  readonly memory: { readonly buffer: ArrayBuffer }
  batchRoom(size: number): number
  textRoom(size: number): number
  walkJson(base: number, start: number, end: number, root: number, isOfBatch: number): number
  walkMsgpack(base: number, start: number, end: number, root: number): number
  walkedTo(base: number): number
  beginRecord(): void
  leafCount(): number
  leafRows(): number
  forgetRepeats(): void
  mayHaveBase64InBatch(start: number, end: number): number
  forgetText(): void
  wasClean(path: number, start: number, end: number): void
  lookAt(path: number, start: number, end: number, isEscaped: number, isOfBatch: number): number
  judgedRoom(places: number): number
  setCounting(isOn: number): void
  picturesRoom(count: number): number
  setsRoom(): number
  foundCount(): number
  forgetValues(): void
  seedPaths(seed: bigint): void
  setDigitsMin(digits: number): void
  setKeyClean(path: number): void
  setSilence(path: number, level: number): void
  setFilter(isOn: number): void
  columnsRoom(table: number): number
  tableRoom(table: number, entries: number): number
  setTable(table: number, shift: number, start: number, accepting: number, step: number, firstEnd: number): void
  jointRoom(): number
  joinTables(width: number): void
  scanText(start: number, end: number): number
  scanAnew(start: number, end: number): number
  hitRows(): number
  occursAgain(from: number, to: number, start: number, end: number): number
  endsRoom(frames: number): number
  runJson(base: number, ends: number, first: number, frames: number, root: number): number
  runText(base: number, ends: number, first: number, frames: number, root: number): number
  runEvents(base: number, from: number, to: number, root: number): number
  runState(): number
  nodeOfLeaves(base: number, root: number, makes: number): number
  newRoot(): number
  setKnown(node: number): void
  forgetNames(): void
  hasRoomForNames(): number
  countedAt(place: number): number
  takeCount(node: number): number
  endCounts(): void
}

let compiled: object | undefined

function compiledModule(): object {
  compiled ??= new WebAssembly.Module(readFileSync(createRequire(import.meta.url).resolve('#walker')))
  return compiled
}

/** What the module asks of JavaScript (assembly/paths.ts). */
interface Asked {
  child_of(box: number, start: number, end: number, how: number): number
  element_of(box: number): number
}

/** An instance with a memory of its own. */
export function newWalks(asked: Asked): Walks {
  return new WebAssembly.Instance(compiledModule(), { paths: { ...asked } }).exports as Walks
}
