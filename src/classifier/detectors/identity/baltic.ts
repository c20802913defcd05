// Personal codes of Estonia, Latvia and Lithuania.
import type { Detector } from '../../../core/detector.ts'
import { isDayMonthYear, isYearMonthDay } from '../../checks/dates.ts'
import { numberAt, onSymbols } from '../../checks/symbols.ts'
import { weightedSum } from '../../checks/weighted.ts'
import { NATIONAL_ID } from '../../near_words.ts'
import { inBothForms, shaped } from '../../shape.ts'

const FIRST = [1, 2, 3, 4, 5, 6, 7, 8, 9, 1]
const SECOND = [3, 4, 5, 6, 7, 8, 9, 1, 2, 3]

/** Estonia and Lithuania share the two passes: the second one where the first leaves ten. */
function passesTwice(values: Uint8Array): boolean {
  const first = weightedSum(values, FIRST) % 11
  const digit = first < 10 ? first : (weightedSum(values, SECOND) % 11) % 10
  return digit === values[10]
}

const isEstonian = onSymbols((v) => v[0] >= 1 && v[0] <= 8 && isYearMonthDay(v, 1) && passesTwice(v))
/** A 9 in front says that no day is given. */
const isLithuanian = onSymbols(
  (v) => (v[0] === 9 || (v[0] >= 1 && v[0] <= 6 && isYearMonthDay(v, 1))) && passesTwice(v),
)

/** Numbers since 2017 begin with 32 and have no check digit. */
const isLatvian = onSymbols((v) => {
  if (numberAt(v, 0, 2) >= 32) return numberAt(v, 0, 2) <= 39
  if (!isDayMonthYear(v, 0) || v[6] > 2) return false
  return ((1 + weightedSum(v, [10, 5, 8, 4, 2, 1, 6, 3, 7, 9])) % 11) % 10 === v[10]
})

export const baltic: readonly Detector[] = [
  shaped({
    id: 'ee_isikukood',
    summary: 'Estonian personal codes: day of birth and two passes of mod 11',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['isikukood', 'isikukoodi', 'personal code', ...NATIONAL_ID],
    region: 'ee',
    source: 'Rahvastikuregistri seadus; EVS 585:2007',
    shapes: ['[1-8]9{10}'],
    check: isEstonian,
    numbers: ['36805280109', '37605030299', '49403136515'],
    wrong: ['36805280108', '36813280109', '3680528010', '96805280109'],
  }),
  shaped({
    id: 'lt_asmens_kodas',
    summary: 'Lithuanian personal codes: day of birth and two passes of mod 11',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['asmens kodas', 'asmens kodo', 'asmenskodas', 'personal code', ...NATIONAL_ID],
    region: 'lt',
    source: 'Lietuvos Respublikos gyventojų registro įstatymas',
    shapes: ['[1-69]9{10}'],
    check: isLithuanian,
    numbers: ['33309240064', '38703181745', '48901234563'],
    wrong: ['33309240164', '33313240064', '3330924006', '73309240064'],
  }),
  ...inBothForms({
    id: 'lv_personas_kods',
    summary: 'Latvian personal codes, of both generations',
    category: 'personal',
    severity: 'high',
    confidence: 'medium',
    near: ['personas kods', 'personas kodu', 'personaskods', 'personal code', ...NATIONAL_ID],
    region: 'lv',
    source: 'Fizisko personu reģistra likums',
    printed: ['9{6}-9{5}'],
    bare: ['9{11}'],
    check: isLatvian,
    numbers: ['161175-19997', '323456-78901', '161175-19997'],
    wrong: ['161375-19997', '161175-19998', '161175-39997', '411175-19997'],
  }),
]
