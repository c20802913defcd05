// Numbers that Brazil gives to people and companies.
import type { Detector } from '../../../core/detector.ts'
import { allEqual, onSymbols } from '../../checks/symbols.ts'
import { weightedSum } from '../../checks/weighted.ts'
import { DRIVING, PASSPORT } from '../../near_words.ts'
import { inBothForms, shaped } from '../../shape.ts'

/** Eleven less the remainder, and 0 where that has two digits. */
function digit(sum: number): number {
  const rest = sum % 11
  return rest < 2 ? 0 : 11 - rest
}

const isCpf = onSymbols((v) => {
  if (allEqual(v, 0, 11) || digit(weightedSum(v, [10, 9, 8, 7, 6, 5, 4, 3, 2])) !== v[9]) return false
  return digit(weightedSum(v, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2])) === v[10]
})

/** Since July 2026 the first twelve may be capitals too: they count by their place in ASCII behind `0`. */
const isCnpj = onSymbols((v) => {
  if (allEqual(v, 0, 12)) return false
  for (let at = 0; at < 12; at++) if (v[at] > 9) v[at] += 7
  if (digit(weightedSum(v, [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2])) !== v[12]) return false
  return digit(weightedSum(v, [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2])) === v[13]
})

/** The driver's number: each digit over weights down and up, with what the first lost taken from the second. */
const isCnh = onSymbols((v) => {
  const first = weightedSum(v, [9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11
  const second = weightedSum(v, [1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11
  const less = first > 9 ? 2 : 0
  const last = second > 9 ? 0 : second - less < 0 ? second - less + 11 : second - less
  return (first > 9 ? 0 : first) === v[9] && (last > 9 ? 0 : last) === v[10] && !allEqual(v, 0, 9)
})

const isPis = onSymbols((v) => digit(weightedSum(v, [3, 2, 9, 8, 7, 6, 5, 4, 3, 2])) === v[10] && !allEqual(v, 0, 10))

export const br: readonly Detector[] = [
  ...inBothForms({
    id: 'br_cpf',
    summary: 'Brazilian taxpayer numbers of people (CPF), two check digits (mod 11)',
    category: 'personal',
    severity: 'high',
    confidence: 'high',
    near: ['cpf', 'cpf nr', 'numero cpf', 'número cpf', 'cadastro de pessoa', 'cadastro de pessoas'],
    region: 'br',
    source: 'Receita Federal, Instrução Normativa RFB nº 2.172/2024',
    printed: ['999.999.999-99', '9{9}-99'],
    bare: ['9{11}'],
    check: isCpf,
    numbers: ['529.982.247-25', '111.444.777-35', '390533447-05'],
    wrong: ['529.982.247-26', '111.444.777-36', '111.111.111-11', '529.982.247-2'],
  }),
  ...inBothForms({
    id: 'br_cnpj',
    summary: 'Brazilian company numbers (CNPJ), with letters too, two check digits (mod 11)',
    category: 'other',
    severity: 'low',
    confidence: 'high',
    near: ['cnpj', 'numero cnpj', 'número cnpj', 'cadastro nacional'],
    region: 'br',
    source: 'Receita Federal, Instrução Normativa RFB nº 2.229/2024',
    printed: ['XX.XXX.XXX/XXXX-99'],
    bare: ['9{14}'],
    check: isCnpj,
    numbers: ['11.222.333/0001-81', '16.727.230/0001-97', '04.252.011/0001-10'],
    wrong: ['11.222.333/0001-82', '16.727.230/0001-98', '00.000.000/0000-00'],
  }),
  shaped({
    id: 'br_rg',
    summary: 'Brazilian identity cards (RG)',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['rg', 'registro geral', 'carteira de identidade', 'identidade'],
    region: 'br',
    source: 'Lei nº 7.116/1983; formats of the states',
    shapes: ['99.999.999-[0-9X]', '9.999.999-[0-9X]', '99.999.999', '9{8}[0-9X]', '9{7}[0-9X]'],
    numbers: ['24.678.131-4', '39.715.917-X', '398234516'],
    wrong: ['24.678.131-45', '24.67.131-4', '2467813', '24-678-131.4'],
  }),
  shaped({
    id: 'br_cnh',
    summary: 'Brazilian driving licence numbers (CNH), two check digits (mod 11)',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: [
      'cnh',
      'carteira de motorista',
      'carteira nacional de habilitacao',
      'carteira nacional de habilitação',
      'habilitacao',
      'habilitação',
      ...DRIVING,
    ],
    region: 'br',
    source: 'SENATRAN, Resolução CONTRAN nº 886/2021',
    shapes: ['9{11}'],
    check: isCnh,
    numbers: ['02650306461', '84718735264', '10123256789'],
    wrong: ['02650306462', '84718735265', '0265030646', '11111111111'],
  }),
  shaped({
    id: 'br_pis',
    summary: 'Brazilian social numbers (PIS, PASEP, NIS, NIT), mod 11',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['pis', 'pasep', 'pis pasep', 'nis', 'nit', 'ctps'],
    region: 'br',
    source: 'Caixa Econômica Federal, Cadastro NIS',
    shapes: ['999.99999.99-9', '9{11}'],
    check: isPis,
    numbers: ['120.12345.67-2', '17033259504', '120.60024.94-5'],
    wrong: ['120.12345.67-8', '17033259505', '1703325950', '000.00000.00-0'],
  }),
  shaped({
    id: 'br_passport',
    summary: 'Brazilian passport numbers',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['passaporte', 'numero do passaporte', 'número do passaporte', ...PASSPORT],
    region: 'br',
    source: 'Decreto nº 5.978/2006; Polícia Federal',
    shapes: ['AA9{6}'],
    numbers: ['FZ123456', 'CS265436', 'YB004182'],
    wrong: ['FZ12345', 'F1234567', 'fz123456', 'FZ1234567'],
  }),
]
