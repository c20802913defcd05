// Numbers that Spain gives to people and companies.
import type { Detector } from '../../../core/detector.ts'
import { letter, numberAt, onSymbols } from '../../checks/symbols.ts'
import { digitSum } from '../../checks/weighted.ts'
import { PASSPORT, SOCIAL_SECURITY } from '../../near_words.ts'
import { inBothForms, shaped } from '../../shape.ts'

const LETTERS = [...'TRWAGMYFPDXBNJZSQVHLCKE'].map(letter)

const isDni = onSymbols((v) => LETTERS[numberAt(v, 0, 8) % 23] === v[8])
/** X, Y and Z stand for 0, 1 and 2. */
const isNie = onSymbols((v) => LETTERS[((v[0] - letter('X')) * 10_000_000 + numberAt(v, 1, 8)) % 23] === v[8])

const isCif = onSymbols((v) => {
  const digit = (10 - (digitSum(v, [2, 1, 2, 1, 2, 1, 2], 1) % 10)) % 10
  // A digit, or the letter at its place in JABCDEFGHI.
  const asLetter = digit === 0 ? letter('J') : 9 + digit
  return v[8] === digit || v[8] === asLetter
})

const isSocialSecurity = onSymbols((v) => {
  const number = numberAt(v, 2, 10)
  const province = numberAt(v, 0, 2)
  const key = numberAt(v, 10, 12)
  if (province === 0 || province > 66) return false
  if ((province * 100_000_000 + number) % 97 === key) return true
  return number < 10_000_000 && (province * 10_000_000 + number) % 97 === key
})

export const es: readonly Detector[] = [
  shaped({
    id: 'es_dni',
    summary: 'Spanish identity numbers (DNI) with their letter (mod 23)',
    category: 'personal',
    severity: 'high',
    confidence: 'medium',
    near: ['dni', 'nif', 'documento nacional', 'identidad'],
    region: 'es',
    source: 'Real Decreto 1553/2005; Orden INT/2058/2008',
    shapes: ['99.999.999_A', '9{8}_A', '9{8}A', '9{8}a'],
    check: isDni,
    numbers: ['54362315K', '12345678-Z', '00000001R', '12.345.678-Z', '54362315k', '87654321 X'],
    wrong: ['54362315Z', '12345678A', '12.345.678-A', '5436231K', '12345678-I'],
  }),
  shaped({
    id: 'es_nie',
    summary: 'Spanish identity numbers of foreigners (NIE) with their letter (mod 23)',
    category: 'personal',
    severity: 'high',
    confidence: 'medium',
    near: ['nie', 'extranjero', 'extranjeria', 'extranjería', 'nif'],
    region: 'es',
    source: 'Orden INT/2058/2008',
    shapes: ['[XYZ]_9{7}_A', '[XYZ]9{7}_A', '[XYZ]9{7}A', '[xyz]9{7}a'],
    check: isNie,
    numbers: ['X2482300W', 'Z-8327649-K', 'Y1234567X', 'x5253868r'],
    wrong: ['X2482300A', 'Z8327649A', 'X248230W', 'W2482300W'],
  }),
  shaped({
    id: 'es_cif',
    summary: 'Spanish tax numbers of companies (CIF)',
    category: 'other',
    severity: 'low',
    confidence: 'low',
    near: ['cif', 'nif', 'vat', 'empresa', 'sociedad'],
    region: 'es',
    source: 'Orden EHA/451/2008',
    shapes: ['[A-HJNP-SUVW]_9{7}_X', '[A-HJNP-SUVW]_9{7}X', '[A-HJNP-SUVW]9{7}X'],
    check: isCif,
    numbers: ['J99216582', 'A13585625', 'P2805300G', 'B-64717838'],
    wrong: ['J99216583', 'M12345670', 'A1358562', 'I99216582'],
  }),
  ...inBothForms({
    id: 'es_social_security',
    summary: 'Spanish social security numbers (NUSS), mod 97',
    category: 'personal',
    severity: 'high',
    confidence: 'medium',
    near: ['nuss', 'naf', 'seguridad social', 'numero de afiliacion', 'número de afiliación', ...SOCIAL_SECURITY],
    region: 'es',
    source: 'Tesorería General de la Seguridad Social, Orden de 17 de enero de 1996',
    printed: ['99/9{8}/99', '99/9{8}-99', '99-9{8}-99'],
    bare: ['9{12}'],
    check: isSocialSecurity,
    numbers: ['28/12345678/40', '08-98765432-01', '28/87614321-78'],
    wrong: ['28/12345678/41', '08-98765432-57', '00/12345678/40'],
  }),
  shaped({
    id: 'es_passport',
    summary: 'Spanish passport numbers',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['pasaporte', 'numero de pasaporte', 'número de pasaporte', ...PASSPORT],
    region: 'es',
    source: 'Real Decreto 896/2003; PRADO',
    shapes: ['AAA9{6}', 'AA9{6}', 'A9{7}'],
    numbers: ['PAA123456', 'XDC004182', 'AAF998120'],
    wrong: ['PAAA12345', 'PAA12345', 'paa123456', 'PAA1234567'],
  }),
]
