// Numbers that the United Kingdom gives to people and companies. The National Health Service: health/gb.ts.
import type { Detector } from '../../../core/detector.ts'
import { letter, numberAt, onSymbols } from '../../checks/symbols.ts'
import { weightedSum } from '../../checks/weighted.ts'
import { DRIVING, PASSPORT, TAX_ID, VAT } from '../../near_words.ts'
import { shaped } from '../../shape.ts'

/** Prefixes that were never given out, or not to people: HMRC, NIM39110. */
const NO_NINO = ['BG', 'GB', 'KN', 'NK', 'NT', 'TN', 'ZZ'].map((pair) => letter(pair[0]) * 36 + letter(pair[1]))
const isNino = onSymbols((v) => !NO_NINO.includes(v[0] * 36 + v[1]))

/** The first digit is the check digit. */
const isUtr = onSymbols((v) => '21987654321'[weightedSum(v, [6, 7, 8, 9, 10, 5, 4, 3, 2], 1) % 11] === String(v[0]))

/** Mod 97; numbers since 2010, from 100 on, may have 55 more. */
const isVat = onSymbols((v, count) => {
  const at = count === 11 ? 2 : 0
  const sum = weightedSum(v, [8, 7, 6, 5, 4, 3, 2, 10, 1], at) % 97
  return numberAt(v, at, at + 3) >= 100
    ? sum === 0 || sum === 42 || sum === 55
    : sum === 0 && numberAt(v, at, at + 9) > 0
})

/** Five letters of the name, a digit of the decade, month (women: plus 50), day, the year's last digit. */
const isDrivingLicence = onSymbols((v) => {
  const month = numberAt(v, 6, 8) % 50
  const day = numberAt(v, 8, 10)
  return v[6] !== 2 && v[6] !== 3 && v[6] !== 4 && month >= 1 && month <= 12 && day >= 1 && day <= 31
})

const NINO = '[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]'

export const gb: readonly Detector[] = [
  shaped({
    id: 'uk_nino',
    summary: 'UK National Insurance numbers: prefix and suffix that are given out',
    category: 'personal',
    severity: 'high',
    confidence: 'medium',
    region: 'gb',
    source: 'HMRC, National Insurance Manual NIM39110',
    shapes: [`${NINO}_99_99_99_[A-D]`, `${NINO}9{6}[A-D]`, `${NINO.toLowerCase()}9{6}[a-d]`, `${NINO} 9{6} [A-D]`],
    check: isNino,
    numbers: ['AB123456C', 'HH 01 02 03 D', 'JG103759A', 'ab123456c', 'CE-98-76-54-B', 'WM 482716 A'],
    wrong: ['BG123456C', 'ZZ123456A', 'DA123456C', 'AO123456C', 'AB123456E', 'AB12345C', 'QQ123456C'],
  }),
  shaped({
    id: 'uk_utr',
    summary: 'UK unique taxpayer references (mod 11)',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['utr', 'unique taxpayer', 'unique taxpayer reference', 'self assessment', ...TAX_ID],
    region: 'gb',
    source: 'HMRC, PAYE Online technical specifications',
    shapes: ['9{5} 9{5}', '999 999 9999', '9{10}'],
    check: isUtr,
    numbers: ['1955839661', '19558 39661'],
    wrong: ['2955839661', '1955839662', '195583966', '19558396611'],
  }),
  shaped({
    id: 'uk_vat',
    summary: 'UK VAT registration numbers (mod 97)',
    category: 'other',
    severity: 'low',
    confidence: 'low',
    near: VAT,
    region: 'gb',
    source: 'HMRC, VATREG25300',
    shapes: ['GB9{9}', 'GB 999 9999 99', '999 9999 99', '9{9}'],
    check: isVat,
    numbers: ['GB980780684', '980 7806 84', 'GB 980 7806 84', '980780684'],
    wrong: ['GB802311781', '980780685', '000 0000 00', 'GB98078068'],
  }),
  shaped({
    id: 'uk_driving_licence',
    summary: 'Driving licence numbers of Great Britain: name, day of birth, initials',
    category: 'personal',
    severity: 'high',
    confidence: 'medium',
    near: DRIVING,
    region: 'gb',
    source: 'DVLA, INF45/1',
    shapes: ['[A-Z9]{5}9[0156]9[0-3]99[A-Z9][A-Z9]XAA', '[A-Z9]{5} 9[0156]9[0-3]99 [A-Z9][A-Z9]XAA'],
    check: isDrivingLicence,
    numbers: ['MORGA657054SM9IJ', 'SMITH 701010 JJ9AA', 'JONES712316AB1CD', 'LEE99855128A99BC'],
    wrong: ['MORGA657554SM9IJ', 'MORGA613054SM9IJ', 'MORGA657004SM9IJ', 'MORGA657054SM9I', 'MORG1657054SM9IJ'],
  }),
  shaped({
    id: 'uk_passport',
    summary: 'UK passport numbers',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: PASSPORT,
    region: 'gb',
    source: 'HM Passport Office, Basic Passport Checks',
    shapes: ['9{9}'],
    numbers: ['925076473', '107185703', '533401372'],
    wrong: ['92507647', '9250764731', 'A25076473'],
  }),
]
