// Numbers that Luxembourg gives to people.
import type { Detector } from '../../../core/detector.ts'
import { isBirthDate } from '../../checks/dates.ts'
import { onSymbols } from '../../checks/symbols.ts'
import { isVerhoeff } from '../../checks/verhoeff.ts'
import { isLuhn } from '../../checks/weighted.ts'
import { NATIONAL_ID, SOCIAL_SECURITY } from '../../near_words.ts'
import { shaped } from '../../shape.ts'

/** Day of birth, three digits, and two check digits over the same eleven: Luhn's, then Verhoeff's. */
const isMatricule = onSymbols((v) => {
  if (!isBirthDate(v, 0) || !isLuhn(v, 0, 12)) return false
  const last = v[11]
  v[11] = v[12]
  const passes = isVerhoeff(v, 0, 12)
  v[11] = last
  return passes
})

export const lu: readonly Detector[] = [
  shaped({
    id: 'lu_national_number',
    summary: 'Luxembourg national identification numbers (matricule): day of birth, Luhn and Verhoeff',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['matricule', 'numero national', 'numéro national', 'numero matricule', ...NATIONAL_ID, ...SOCIAL_SECURITY],
    region: 'lu',
    source: 'Loi du 19 juin 2013 relative à l’identification des personnes physiques',
    shapes: ['9999 99 99 99999', '9999 9999 99999', '9{13}'],
    check: isMatricule,
    numbers: ['1993120104732', '1982 11 24 12391', '2001072900542'],
    wrong: ['1993120105733', '1993130105732', '199312010573'],
  }),
]
