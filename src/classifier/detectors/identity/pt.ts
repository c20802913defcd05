// Numbers that Portugal gives to people.
import type { Detector } from '../../../core/detector.ts'
import { onSymbols } from '../../checks/symbols.ts'
import { weightedSum } from '../../checks/weighted.ts'
import { PASSPORT, TAX_ID, VAT } from '../../near_words.ts'
import { shaped } from '../../shape.ts'

const isNif = onSymbols((v, count) => {
  const at = count - 9
  const sum = weightedSum(v, [9, 8, 7, 6, 5, 4, 3, 2], at)
  return v[at] > 0 && ((11 - (sum % 11)) % 11) % 10 === v[at + 8]
})

/** Luhn with letters as their values: from the right, every second one is doubled. */
const isCitizenCard = onSymbols((v) => {
  let sum = 0
  for (let at = 0; at < 12; at++) {
    const doubled = at % 2 === 0 ? v[at] * 2 : v[at]
    sum += at % 2 === 0 && doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
})

export const pt: readonly Detector[] = [
  shaped({
    id: 'pt_nif',
    summary: 'Portuguese tax numbers (NIF, NIPC), mod 11',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: [
      'nif',
      'contribuinte',
      'numero de contribuinte',
      'número de contribuinte',
      'nipc',
      'nif number',
      ...VAT,
      ...TAX_ID,
    ],
    region: 'pt',
    source: 'Autoridade Tributária e Aduaneira, Decreto-Lei 14/2013',
    shapes: ['PT9{9}', '[1-9]99 999 999', '[1-9]9{8}'],
    check: isNif,
    numbers: ['501964843', '501 964 843', 'PT501964843', '123456789'],
    wrong: ['501964842', '501 964 844', '50196484', '012345678'],
  }),
  shaped({
    id: 'pt_citizen_card',
    summary: 'Document numbers of the Portuguese citizen card',
    category: 'personal',
    severity: 'high',
    confidence: 'medium',
    near: [
      'cartao de cidadao',
      'cartão de cidadão',
      'cartao do cidadao',
      'cartão do cidadão',
      'bilhete de identidade',
      'citizen card',
    ],
    region: 'pt',
    source: 'Instituto dos Registos e do Notariado, Validação de Número de Documento do Cartão de Cidadão, 2009',
    shapes: ['9{8} 9 AA9', '9{9}AA9'],
    check: isCitizenCard,
    numbers: ['00000000 0 ZZ4', '12345678 9 AB4', '000000000ZZ4'],
    wrong: ['00000000 0 ZZ3', '000000000ZZ5', '00000000 0 ZZ', '0000000 0 ZZ4'],
  }),
  shaped({
    id: 'pt_passport',
    summary: 'Portuguese passport numbers',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['passaporte', 'numero de passaporte', 'número de passaporte', ...PASSPORT],
    region: 'pt',
    source: 'Decreto-Lei 83/2000; PRADO',
    shapes: ['AA9{6}', 'A9{6}'],
    numbers: ['CA123456', 'P004182', 'M998120'],
    wrong: ['CA12345', 'CAA123456', 'ca123456', 'CA1234567'],
  }),
]
