// Numbers that Germany gives to people.
import type { Detector } from '../../../core/detector.ts'
import { isDate } from '../../checks/dates.ts'
import { isHybrid } from '../../checks/iso7064.ts'
import { isDocumentNumber } from '../../checks/mrz.ts'
import { numberAt, onSymbols } from '../../checks/symbols.ts'
import { digitSum } from '../../checks/weighted.ts'
import { inBothForms, shaped } from '../../shape.ts'

/** Of the first ten digits one occurs twice or three times, and no other more than once. */
const isTaxId = onSymbols((v) => {
  let seen = 0
  let twice = 0
  let repeats = 0
  for (let at = 0; at < 10; at++) {
    const bit = 1 << v[at]
    if ((seen & bit) !== 0) {
      repeats++
      if (twice !== 0 && twice !== bit) return false
      twice = bit
    }
    seen |= bit
  }
  return (repeats === 1 || repeats === 2) && isHybrid(v, 0, 11, 10)
})

/** Areas of the insurers that give numbers out. */
function isArea(area: number): boolean {
  if (area >= 42) return area <= 82 || area === 89
  if (area >= 23) return area !== 27 && (area <= 29 || area >= 38) && area <= 40
  return area >= 2 && area <= 21 && (area <= 4 || area >= 8)
}

const PENSION = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1]
/** Area, day of birth, letter of the name as its place in the alphabet, serial number, check digit. */
const isPensionNumber = onSymbols((v) => {
  const name = v[8] - 9
  const digits = [...v.subarray(0, 8), Math.floor(name / 10), name % 10, v[9], v[10]]
  const day = numberAt(v, 2, 4)
  if (!isArea(numberAt(v, 0, 2))) return false
  if (!isDate(2000 + numberAt(v, 6, 8), numberAt(v, 4, 6), day > 50 ? day - 50 : day)) return false
  return digitSum(Uint8Array.from(digits), PENSION) % 10 === v[11]
})

const HEALTH = [1, 2, 1, 2, 1, 2, 1, 2, 1, 2]
const isHealthNumber = onSymbols((v) => {
  const name = v[0] - 9
  const digits = Uint8Array.from([Math.floor(name / 10), name % 10, ...v.subarray(1, 9)])
  return digitSum(digits, HEALTH) % 10 === v[9]
})

/** Ten with the check digit, or nine as printed, which have none. */
const _isCard = onSymbols((v, count) => count === 9 || isDocumentNumber(v, 0, 9, v[9]))

const _SERIAL = '[CFGHJKLMNPRTVWXYZ]'
const _SERIAL_REST = '[0-9CFGHJKLMNPRTVWXYZ]{8}'

export const de: readonly Detector[] = [
  ...inBothForms({
    id: 'de_tax_id',
    summary: 'German tax identification numbers (ISO 7064 mod 11,10 and the rule of repeated digits)',
    category: 'personal',
    severity: 'high',
    confidence: 'medium',
    near: [
      'steuer id',
      'steueridentifikationsnummer',
      'steuerliche identifikationsnummer',
      'identifikationsnummer',
      'idnr',
      'id nr',
      'tin',
      'tax id',
      'tax number',
    ],
    region: 'de',
    source: 'Bundeszentralamt für Steuern, § 139b AO, StIdV',
    printed: ['[1-9]9 999 999 999'],
    bare: ['[1-9]9{10}'],
    check: isTaxId,
    numbers: ['36 574 261 809', '86 095 742 719', '47 036 892 816'],
    wrong: ['36 574 261 800', '86 095 742 710', '11 111 111 111', '12 345 678 903'],
  }),
  shaped({
    id: 'de_steuernummer',
    summary: 'German tax numbers of the revenue offices',
    category: 'personal',
    severity: 'medium',
    confidence: 'low',
    near: ['steuernummer', 'steuernr', 'steuer nr', 'st nr', 'stnr', 'finanzamt', 'tax number'],
    region: 'de',
    source: 'ELSTER, Prüfung der Steuer- und Steueridentifikationsnummer',
    shapes: ['999/9999/9999', '999/999/99999', '99/999/99999', '9{13}', '9{11}', '9{10}'],
    numbers: ['181/815/08155', '93/815/08152', '2181081508155', '151/8150/8154'],
    wrong: ['181/815/0815', '9/815/08152', '181815081', '181-815-08155'],
  }),
  shaped({
    id: 'de_social_security',
    summary: 'German pension insurance numbers: area, day of birth, letter of the name, check digit',
    category: 'personal',
    severity: 'high',
    confidence: 'medium',
    near: [
      'sozialversicherungsnummer',
      'rentenversicherungsnummer',
      'versicherungsnummer',
      'svnr',
      'sv nummer',
      'rvnr',
      'social security',
    ],
    region: 'de',
    source: 'Deutsche Rentenversicherung, § 147 SGB VI, VKVV § 2',
    shapes: ['99 9{6} A 999', '99_9{6}A999', '9{8}A999'],
    check: isPensionNumber,
    numbers: ['15070649C103', '65 170839 J 003', '12010188M011'],
    wrong: ['15070649C104', '15320649C103', '15071349C103', '1507064C1034'],
  }),
  shaped({
    id: 'de_health_insurance',
    summary: 'German health insurance numbers (Krankenversichertennummer)',
    category: 'health',
    severity: 'high',
    confidence: 'low',
    near: [
      'krankenversicherung',
      'krankenversichertennummer',
      'kvnr',
      'kv nummer',
      'krankenkasse',
      'versichertennummer',
      'egk',
    ],
    region: 'de',
    source: 'GKV-Spitzenverband, § 290 SGB V',
    shapes: ['A9{9}', 'A9{3} 9{3} 9{3}'],
    check: isHealthNumber,
    numbers: ['A123456780', 'T220001291', 'M000500010'],
    wrong: ['A123456781', 'T220001290', 'A12345678', '1123456780'],
  }),
]
