// Numbers that Switzerland gives to people and companies.
import type { Detector } from '../../../core/detector.ts'
import { onSymbols } from '../../checks/symbols.ts'
import { weightedSum } from '../../checks/weighted.ts'
import { COMPANY_ID, NATIONAL_ID, PASSPORT, SOCIAL_SECURITY, VAT } from '../../near_words.ts'
import { inBothForms, shaped } from '../../shape.ts'

/** EAN-13. */
const isAhv = onSymbols((v) => weightedSum(v, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 === 0)
const isUid = onSymbols((v, count) => {
  const at = count - 9
  return (11 - (weightedSum(v, [5, 4, 3, 2, 7, 6, 5, 4], at) % 11)) % 11 === v[at + 8]
})

export const ch: readonly Detector[] = [
  ...inBothForms({
    id: 'ch_ahv',
    summary: 'Swiss social security numbers (AHV, AVS): 756 and the check digit of EAN-13',
    category: 'personal',
    severity: 'high',
    confidence: 'high',
    near: [
      'ahv',
      'avs',
      'ahvn13',
      'navs13',
      'ahv nr',
      'ahv nummer',
      'numero avs',
      'numéro avs',
      ...NATIONAL_ID,
      ...SOCIAL_SECURITY,
    ],
    region: 'ch',
    source: 'Zentrale Ausgleichsstelle, AHVV Art. 133; GS1 General Specifications',
    printed: ['756.9999.9999.99', '756_9999_9999_99'],
    bare: ['7569{10}'],
    check: isAhv,
    numbers: ['756.9217.0769.85', '756.1234.5678.97', '756 9217 0769 85'],
    wrong: ['756.9217.0769.84', '757.9217.0769.85', '756.9217.0769.8', '756.9217.0796.85'],
  }),
  shaped({
    id: 'ch_uid',
    summary: 'Swiss company numbers (UID), mod 11',
    category: 'other',
    severity: 'low',
    confidence: 'medium',
    near: ['uid', 'mwst', 'tva', 'iva', ...VAT, ...COMPANY_ID],
    region: 'ch',
    source: 'Bundesamt für Statistik, UIDV; eCH-0097',
    shapes: ['CHE-999.999.999', 'CHE9{9}'],
    check: isUid,
    numbers: ['CHE-100.155.212', 'CHE100155212', 'CHE-107.787.577'],
    wrong: ['CHE-100.155.213', 'CHE100155214', 'CHE-100.155.21', 'CHF-100.155.212'],
  }),
  shaped({
    id: 'ch_passport',
    summary: 'Numbers of Swiss passports and identity cards',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: [
      'pass nr',
      'passnummer',
      'passeport',
      'passaporto',
      'identitatskarte',
      'identitätskarte',
      'ausweis',
      "carte d'identite",
      "carte d'identité",
      ...PASSPORT,
    ],
    region: 'ch',
    source: 'Ausweisverordnung, SR 143.11; PRADO',
    shapes: ['[A-Z]9{7}'],
    numbers: ['X1234567', 'S0004182', 'E0041827'],
    wrong: ['X123456', '11234567', 'x1234567', 'X12345678'],
  }),
]
