// Signs of attacks and of programs that tell too much: one line a family.
import type { Detector } from '../../../core/detector.ts'
import { codeExecution } from './code_execution.ts'
import { errorTexts } from './error_texts.ts'
import { passwordHashes } from './password_hashes.ts'
import { stackTraces } from './stack_traces.ts'
import { systemOutput } from './system_output.ts'
import { webAttacks } from './web_attacks.ts'

export const attack: readonly Detector[] = [
  ...codeExecution,
  ...errorTexts,
  ...passwordHashes,
  ...stackTraces,
  ...systemOutput,
  ...webAttacks,
]
