// Numbers that Belgium gives to people.
import type { Detector } from '../../../core/detector.ts'
import { isDate } from '../../checks/dates.ts'
import { numberAt, onSymbols } from '../../checks/symbols.ts'
import { NATIONAL_ID, PASSPORT, SOCIAL_SECURITY } from '../../near_words.ts'
import { inBothForms, shaped } from '../../shape.ts'

/** 97 less the remainder; a 2 goes before the number of who was born since 2000. BIS: 20 or 40 on the month. */
const isNationalNumber = onSymbols((v) => {
  const month = numberAt(v, 2, 4) % 20
  const day = numberAt(v, 4, 6)
  const base = numberAt(v, 0, 9)
  const key = numberAt(v, 9, 11)
  if (numberAt(v, 2, 4) > 52 || numberAt(v, 6, 9) === 0) return false
  const isKnown = month > 0 && day > 0
  if (isKnown && !isDate(2000 + numberAt(v, 0, 2), month, day)) return false
  if (!isKnown && (month > 12 || day > 31)) return false
  return 97 - (base % 97) === key || (numberAt(v, 0, 2) < 40 && 97 - ((2_000_000_000 + base) % 97) === key)
})

/** Ten digits and their remainder by 97, or 97 for none. */
const isIdCard = onSymbols((v) => (numberAt(v, 0, 10) % 97 || 97) === numberAt(v, 10, 12))

export const be: readonly Detector[] = [
  ...inBothForms({
    id: 'be_national_number',
    summary: 'Belgian national register and BIS numbers: day of birth, key of mod 97',
    category: 'personal',
    severity: 'high',
    confidence: 'medium',
    near: [
      'rijksregisternummer',
      'rijksregister',
      'registre national',
      'numero national',
      'numéro national',
      'insz',
      'niss',
      ...NATIONAL_ID,
      ...SOCIAL_SECURITY,
    ],
    region: 'be',
    source: 'Arrêté royal du 3 avril 1984; Banque Carrefour de la Sécurité Sociale',
    printed: ['99.99.99-999.99', '9{6}-999-99', '9{6}-999.99', '99 99 99 999 99'],
    bare: ['9{11}'],
    check: isNationalNumber,
    numbers: ['85.07.30-033.28', '17.07.30-033.84', '850730-033-28', '00.01.25-568.76'],
    wrong: ['17.07.30-033.85', '85.07.30-033.29', '85.13.30-033.28', '85.07.30-000.61'],
  }),
  shaped({
    id: 'be_id_card',
    summary: 'Numbers of Belgian identity cards (mod 97)',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: [
      'identiteitskaart',
      "carte d'identite",
      "carte d'identité",
      'eid',
      'kaartnummer',
      'identity card',
      'id card',
    ],
    region: 'be',
    source: 'SPF Intérieur, carte d’identité électronique',
    shapes: ['999-9999999-99', '9{12}'],
    check: isIdCard,
    numbers: ['590-1234567-74', '591404182736', '592-0000001-82'],
    wrong: ['590-1234567-65', '591004182737', '590-123456-64'],
  }),
  shaped({
    id: 'be_passport',
    summary: 'Belgian passport numbers',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['paspoort', 'passeport', 'reispas', 'reisepass', ...PASSPORT],
    region: 'be',
    source: 'SPF Affaires étrangères; PRADO',
    shapes: ['AA9{6}'],
    numbers: ['EH123456', 'GA004182', 'EP998120'],
    wrong: ['EH12345', 'E1234567', 'eh123456', 'EH1234567'],
  }),
]
