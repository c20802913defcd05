// Numbers that Hungary gives to people.
import type { Detector } from '../../../core/detector.ts'
import { isDate } from '../../checks/dates.ts'
import { numberAt, onSymbols } from '../../checks/symbols.ts'
import { weightedSum } from '../../checks/weighted.ts'
import { NATIONAL_ID, PASSPORT, SOCIAL_SECURITY, TAX_ID } from '../../near_words.ts'
import { shaped } from '../../shape.ts'

const isTaj = onSymbols((v) => weightedSum(v, [3, 7, 3, 7, 3, 7, 3, 7]) % 10 === v[8] && numberAt(v, 0, 9) > 0)
/** An 8, days since 1867, a serial number, and the remainder by 11. */
const isTaxId = onSymbols((v) => v[0] === 8 && weightedSum(v, [1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11 === v[9])

/** Those born since 1997 count the weights from the end. */
const isPersonal = onSymbols((v) => {
  if (v[0] < 1 || v[0] > 8 || !isDate(2000 + numberAt(v, 1, 3), numberAt(v, 3, 5), numberAt(v, 5, 7))) return false
  const up = weightedSum(v, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) % 11
  return up === v[10] || weightedSum(v, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11 === v[10]
})

export const hu: readonly Detector[] = [
  shaped({
    id: 'hu_taj',
    summary: 'Hungarian social security numbers (TAJ)',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: [
      'taj',
      'taj szam',
      'taj szám',
      'tajszam',
      'tajszám',
      'tarsadalombiztositasi',
      'társadalombiztosítási',
      ...SOCIAL_SECURITY,
    ],
    region: 'hu',
    source: '1996. évi XX. törvény, melléklet',
    shapes: ['999_999_999', '9{9}'],
    check: isTaj,
    numbers: ['111 111 110', '123456788', '037-687-210'],
    wrong: ['111 111 111', '123456789', '12345678', '000 000 000'],
  }),
  shaped({
    id: 'hu_tax_id',
    summary: 'Hungarian tax identifiers of people (adóazonosító jel), mod 11',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['adoazonosito', 'adóazonosító', 'adoazonosito jel', 'adóazonosító jel', 'adoszam', 'adószám', ...TAX_ID],
    region: 'hu',
    source: '1996. évi XX. törvény, melléklet',
    shapes: ['[8]9{9}'],
    check: isTaxId,
    numbers: ['8071592153', '8424440080', '8335691207'],
    wrong: ['8071592154', '7071592153', '807159215', '80715921533'],
  }),
  shaped({
    id: 'hu_personal_id',
    summary: 'Hungarian personal identifiers: sex and century, day of birth, mod 11',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: [
      'szemelyi szam',
      'személyi szám',
      'szemelyi azonosito',
      'személyi azonosító',
      'szemelyazonosito',
      ...NATIONAL_ID,
    ],
    region: 'hu',
    source: '1996. évi XX. törvény, melléklet',
    shapes: ['9-9{6}-9{4}', '9 9{6} 9{4}', '9{11}'],
    check: isPersonal,
    numbers: ['1-920517-1237', '27202045644', '3 010101 0015'],
    wrong: ['1-921317-1237', '9-920517-1237', '1-920517-123'],
  }),
  shaped({
    id: 'hu_id_card',
    summary: 'Numbers of Hungarian identity cards and passports',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: [
      'szemelyi igazolvany',
      'személyi igazolvány',
      'igazolvanyszam',
      'igazolványszám',
      'utlevel',
      'útlevél',
      'identity card',
      'id card',
      ...PASSPORT,
    ],
    region: 'hu',
    source: '1992. évi LXVI. törvény; PRADO',
    shapes: ['9{6} AA', '9{6}AA', 'AA9{7}', 'AA9{6}'],
    numbers: ['123456AB', '000417 TA', 'BH1234567', 'BE123456'],
    wrong: ['12345AB', '123456ABC', 'bh1234567', 'BH12345'],
  }),
]
