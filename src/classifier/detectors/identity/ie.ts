// Numbers that Ireland gives to people.
import type { Detector } from '../../../core/detector.ts'
import { onSymbols } from '../../checks/symbols.ts'
import { weightedSum } from '../../checks/weighted.ts'
import { DRIVING, PASSPORT } from '../../near_words.ts'
import { shaped } from '../../shape.ts'

/** The remainder by 23 is the letter's place in the alphabet, W for none; A and H behind it count nine times. */
const isPps = onSymbols((v, count) => {
  const second = count > 8 && v[8] <= LETTER_H ? (v[8] - 9) * 9 : 0
  const rest = (weightedSum(v, [8, 7, 6, 5, 4, 3, 2]) + second) % 23
  return v[7] === (rest === 0 ? LETTER_W : 9 + rest)
})
const LETTER_H = 17
const LETTER_W = 32

export const ie: readonly Detector[] = [
  shaped({
    id: 'ie_pps',
    summary: 'Irish personal public service numbers (mod 23)',
    category: 'personal',
    severity: 'high',
    confidence: 'medium',
    near: ['pps', 'ppsn', 'pps number', 'pps no', 'personal public service'],
    region: 'ie',
    source: 'Department of Social Protection, Social Welfare Consolidation Act 2005',
    shapes: ['9{7}[A-W][AHWTX]', '9{7}[A-W]', '9{7} [A-W][AHWTX]', '9{7} [A-W]'],
    check: isPps,
    numbers: ['1234567T', '1234567TW', '1234567FA', '6433435F', '1234567 T'],
    wrong: ['1234567X', '1234567U', '1234567FB', '1234567TH', '6433435E', '123456T'],
  }),
  shaped({
    id: 'ie_passport',
    summary: 'Irish passport numbers',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: PASSPORT,
    region: 'ie',
    source: 'Department of Foreign Affairs; PRADO',
    shapes: ['A[A-Z0-9]9{7}'],
    numbers: ['PD1234567', 'LT0041827', 'P12345678'],
    wrong: ['PD123456', '1D1234567', 'pd1234567', 'PD12345678'],
  }),
  shaped({
    id: 'ie_driving_licence',
    summary: 'Numbers of Irish driving licences',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: DRIVING,
    region: 'ie',
    source: 'Road Safety Authority; PRADO',
    shapes: ['9{3} 9{3} 9{3}', '9{9}'],
    numbers: ['013274821', '013 274 821', '220918273'],
    wrong: ['01327482', '0132748211', '013-274-821'],
  }),
]
