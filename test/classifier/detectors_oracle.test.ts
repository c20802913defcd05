// Our checks against the library stdnum: on numbers that nearly fit, with each ending in turn, both say the same.
import fc from 'fast-check'
import { stdnum } from 'stdnum'
import { describe, expect, it } from 'vitest'
import { detectorById } from '../../src/classifier/detectors/index.ts'
import { byPattern } from './detectors_reference.ts'

const DIGITS = '0123456789'
const CAPITALS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'

interface Oracle {
  id: string
  country: string
  type: string
  /** `9` a digit, `@` a capital, `yy` `mm` `dd` of a date, all else itself. Endings come behind it. */
  front: string
  /** Letters of endings, and how many of them. */
  tail?: string
  tails?: number
  /** `stricter`: we find none that the oracle does not know. `looser`: we find all that it knows. */
  ours?: 'stricter' | 'looser'
}

const ORACLES: readonly Oracle[] = [
  { id: 'us_ssn_digits', country: 'US', type: 'ssn', front: '99999999', ours: 'stricter' },
  { id: 'us_ein', country: 'US', type: 'ein', front: '99999999' },
  { id: 'uk_nino', country: 'GB', type: 'nino', front: '@@999999', tail: 'ABCDEF' },
  { id: 'uk_utr', country: 'GB', type: 'utr', front: '999999999' },
  { id: 'uk_vat', country: 'GB', type: 'vat', front: '9999999', tails: 2 },
  // It lets several digits repeat, and takes months for days.
  { id: 'de_tax_id_digits', country: 'DE', type: 'idnr', front: '91234560', tails: 3, ours: 'stricter' },
  { id: 'de_social_security', country: 'DE', type: 'svnr', front: '65ddmmyy@99', ours: 'stricter' },
  { id: 'fr_nir', country: 'FR', type: 'nir', front: '2yymm99999999', tails: 2, ours: 'stricter' },
  { id: 'fr_tax_number', country: 'FR', type: 'nif', front: '9999999999', tails: 3 },
  { id: 'fr_siren', country: 'FR', type: 'siren', front: '99999999' },
  { id: 'fr_siren', country: 'FR', type: 'siret', front: '7328293209999', ours: 'stricter' },
  { id: 'es_dni', country: 'ES', type: 'dni', front: '99999999', tail: CAPITALS },
  { id: 'es_nie', country: 'ES', type: 'nie', front: 'X9999999', tail: CAPITALS },
  { id: 'es_cif', country: 'ES', type: 'cif', front: '@9999999', tail: DIGITS + CAPITALS },
  // It does not know the rule for numbers below ten million.
  { id: 'es_social_security_digits', country: 'ES', type: 'nss', front: '2899999999', tails: 2, ours: 'looser' },
  { id: 'it_vat', country: 'IT', type: 'iva', front: '9999999001', tails: 1 },
  { id: 'it_fiscal_code', country: 'IT', type: 'codicefiscale', front: '@@@MNL83S18D969', tail: CAPITALS },
  { id: 'pt_nif', country: 'PT', type: 'nif', front: '99999999' },
  { id: 'pt_citizen_card', country: 'PT', type: 'cc', front: '999999999@@' },
  { id: 'nl_bsn', country: 'NL', type: 'bsn', front: '99999999' },
  // It takes 98 and 99 for keys.
  { id: 'be_national_number_digits', country: 'BE', type: 'nn', front: '85mmdd999', tails: 2, ours: 'stricter' },
  { id: 'ie_pps', country: 'IE', type: 'pps', front: '9999999', tail: CAPITALS, tails: 2 },
  { id: 'at_social_security', country: 'AT', type: 'vnr', front: '1999ddmm', tails: 2, ours: 'stricter' },
  { id: 'at_tax_number', country: 'AT', type: 'tin', front: '03999999', ours: 'looser' },
  { id: 'dk_cpr', country: 'DK', type: 'cpr', front: 'ddmmyy999', ours: 'looser' },
  { id: 'se_personnummer', country: 'SE', type: 'personnummer', front: 'yymmdd-199' },
  { id: 'no_fodselsnummer_digits', country: 'NO', type: 'fodselsnummer', front: 'ddmmyy999', tails: 2, ours: 'looser' },
  { id: 'fi_hetu', country: 'FI', type: 'hetu', front: 'ddmmyy-999', tail: DIGITS + CAPITALS },
  { id: 'is_kennitala_digits', country: 'IS', type: 'kennitala', front: 'ddmmyy99', tails: 2, ours: 'stricter' },
  { id: 'ee_isikukood', country: 'EE', type: 'ik', front: '3yymmdd999', ours: 'stricter' },
  { id: 'lt_asmens_kodas', country: 'LT', type: 'asmens', front: '4yymmdd999', ours: 'stricter' },
  { id: 'pl_pesel', country: 'PL', type: 'pesel', front: 'yymmdd9999' },
  { id: 'pl_nip_digits', country: 'PL', type: 'nip', front: '999999999' },
  { id: 'pl_regon', country: 'PL', type: 'regon', front: '99999999' },
  { id: 'pl_regon', country: 'PL', type: 'regon', front: '1234567859999' },
  { id: 'cz_rodne_cislo_digits', country: 'CZ', type: 'rc', front: '85mmdd999' },
  { id: 'cz_rodne_cislo_digits', country: 'SK', type: 'rc', front: '85mmdd999' },
  { id: 'ro_cnp', country: 'RO', type: 'cnp', front: '1yymmdd40999' },
  { id: 'bg_egn', country: 'BG', type: 'egn', front: 'yymmdd999', ours: 'stricter' },
  { id: 'si_emso', country: 'SI', type: 'emso', front: 'ddmm98750999', ours: 'looser' },
  { id: 'si_tax_number', country: 'SI', type: 'ddv', front: '1999999' },
  { id: 'hr_oib', country: 'HR', type: 'oib', front: '9999999999' },
  { id: 'gr_amka', country: 'GR', type: 'amka', front: 'ddmmyy9999', ours: 'looser' },
  { id: 'gr_afm', country: 'GR', type: 'vat', front: '99999999' },
  { id: 'cy_tax_number', country: 'CY', type: 'vat', front: '00999999', tail: CAPITALS },
  { id: 'ch_ahv_digits', country: 'CH', type: 'ssn', front: '756999999999' },
  { id: 'ch_uid', country: 'CH', type: 'uid', front: 'CHE99999999' },
  { id: 'br_cpf_digits', country: 'BR', type: 'cpf', front: '999999999', tails: 2 },
  { id: 'br_cnpj_digits', country: 'BR', type: 'cnpj', front: '999999999999', tails: 2 },
  { id: 'ca_sin', country: 'CA', type: 'sin', front: '19999999' },
  { id: 'mx_curp', country: 'MX', type: 'curp', front: 'BA@@yymmddHDFRLN0', ours: 'stricter' },
  { id: 'ar_cuit_digits', country: 'AR', type: 'cuit', front: '2099999999' },
  { id: 'cl_rut_digits', country: 'CL', type: 'rut', front: '99999999', tail: `${DIGITS}K` },
  { id: 'co_nit', country: 'CO', type: 'nit', front: '999999999' },
  { id: 'pe_ruc', country: 'PE', type: 'ruc', front: '2099999999' },
  { id: 'in_aadhaar_digits', country: 'IN', type: 'aadhaar', front: '99999999999' },
  { id: 'in_pan', country: 'IN', type: 'pan', front: '@@@P@9999', tail: CAPITALS },
  { id: 'in_gstin', country: 'IN', type: 'gstin', front: '27@@@P@9999@1Z', tail: DIGITS + CAPITALS },
  { id: 'cn_resident_id', country: 'CN', type: 'ric', front: '1101012001mmdd999', tail: `${DIGITS}X` },
  { id: 'hk_id_digits', country: 'HK', type: 'hkid', front: '@999999', tail: `${DIGITS}A`, ours: 'looser' },
  { id: 'tw_national_id', country: 'TW', type: 'natid', front: 'A19999999' },
  { id: 'jp_corporate_number', country: 'JP', type: 'cn', front: '999999999999' },
  { id: 'kr_rrn_digits', country: 'KR', type: 'rrn', front: 'yymmdd109999', ours: 'looser' },
  { id: 'kr_brn_digits', country: 'KR', type: 'brn', front: '199999999', ours: 'looser' },
  { id: 'sg_uen', country: 'SG', type: 'uen', front: '59999999', tail: CAPITALS },
  { id: 'sg_uen', country: 'SG', type: 'uen', front: '199999999', tail: CAPITALS },
  { id: 'th_national_id_digits', country: 'TH', type: 'idnr', front: '199999999999' },
  { id: 'au_tfn', country: 'AU', type: 'tfn', front: '99999999' },
  { id: 'au_abn', country: 'AU', type: 'abn', front: '199999999', tails: 2 },
  { id: 'au_acn', country: 'AU', type: 'acn', front: '99999999' },
  { id: 'nz_ird', country: 'NZ', type: 'ird', front: '4999999' },
  { id: 'tr_tckn', country: 'TR', type: 'tckimlik', front: '199999999', tails: 2 },
  { id: 'tr_vkn', country: 'TR', type: 'vkn', front: '999999999' },
  { id: 'il_id', country: 'IL', type: 'idnr', front: '99999999' },
  { id: 'za_id', country: 'ZA', type: 'idnr', front: 'yymmdd999908' },
]

describe.each(ORACLES)('$id and stdnum for $country: $type', ({ id, country, type, front, tail, tails, ours }) => {
  it(`agree${ours === undefined ? '' : `; ours is ${ours}`}`, () => {
    const detector = detectorById.get(id)
    const oracle = stdnum[country]?.[type]
    if (!detector || !oracle) throw new Error(`${id} or its oracle is not there`)
    let known = 0
    const property = fc.property(fc.array(fc.nat(999), { minLength: 32, maxLength: 32 }), (dice) => {
      for (const ending of endings(tail ?? DIGITS, tails ?? 1)) {
        const number = filled(front, dice) + ending
        const found = byPattern(detector, number).some(({ start, end }) => start === 0 && end === number.length)
        const { isValid } = oracle.validate(number)
        if (isValid && found) known++
        if (ours === 'stricter' ? found && !isValid : ours === 'looser' ? isValid && !found : found !== isValid) {
          throw new Error(`${number}: we say ${found}, stdnum says ${isValid}`)
        }
      }
    })
    fc.assert(property, { seed: 4, numRuns: (tails ?? 1) > 2 ? 8 : 40 })
    expect(known).toBeGreaterThan(2)
  })
})

function endings(letters: string, count: number): string[] {
  if (count === 0) return ['']
  const shorter = endings(letters, count - 1)
  return [...letters].flatMap((letter) => shorter.map((rest) => letter + rest))
}

function filled(front: string, dice: readonly number[]): string {
  let at = 0
  const next = (count: number) => dice[at++ % dice.length] % count
  const two = (value: number) => String(value).padStart(2, '0')
  return front.replace(/yy|mm|dd|9|@/g, (place) => {
    if (place === 'yy') return two(next(100))
    if (place === 'mm') return two(1 + next(12))
    if (place === 'dd') return two(1 + next(28))
    return place === '9' ? String(next(10)) : CAPITALS[next(26)]
  })
}
