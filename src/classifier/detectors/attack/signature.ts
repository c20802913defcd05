// How signatures of attacks and errors are declared: one shape of text, counted and never redacted by the packs.
import type { Detector } from '../../../core/detector.ts'

type Declared = Omit<Detector, 'category' | 'confidence' | 'severity'> & Partial<Detector>

export function signature(one: Declared): Detector {
  return { category: 'attack', confidence: 'high', severity: 'medium', ...one }
}
