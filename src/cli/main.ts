#!/usr/bin/env node
// The command `logveil`. What it can do is in program.ts; each command is a file beside it.
import { runProgram } from './program.ts'

await runProgram(process.argv.slice(2))
