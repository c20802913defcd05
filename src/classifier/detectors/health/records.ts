// What is said of patients: record and plan numbers, diagnoses, medicines, behind their names.
import type { Detector } from '../../../core/detector.ts'
import { DIGIT, is } from '../../checks/bytes.ts'
import { named } from '../../named_value.ts'

const said = { category: 'health', severity: 'high', confidence: 'medium' } as const

/** Words may stand there too: a number has digits. */
function hasDigits(bytes: Uint8Array, start: number, end: number): boolean {
  let digits = 0
  for (let at = start; at < end; at++) if (is(bytes[at], DIGIT)) digits++
  return digits > 3
}

export const records: readonly Detector[] = [
  named({
    ...said,
    id: 'medical_record_number',
    summary: 'Medical record and patient numbers behind their name',
    source: 'HIPAA Privacy Rule, 45 CFR 164.514(b)(2)(i)(H)',
    names: [
      'mrn',
      'medical record',
      'patient id',
      'patient number',
      'patient no',
      'patientennummer',
      'fallnummer',
      'chart number',
    ],
    value: '[0-9a-z][0-9a-z-]{3,18}[0-9a-z]',
    check: hasDigits,
    yes: [
      'mrn: «00123456»',
      'MRN=«A1234567»',
      '"patientId":"«P-00012345»"',
      'medical record number «7654321».',
      'patient no «88-1234-5»',
      'Fallnummer «2026001234»',
    ],
    no: [
      'mrn: none',
      'patient id: unknown',
      'mrnx 12345678',
      'patient ideas 12345678',
      'medical record missing',
      'mrn: 12',
    ],
  }),
  named({
    ...said,
    id: 'health_plan_number',
    summary: 'Numbers of health plan beneficiaries behind their name',
    source: 'HIPAA Privacy Rule, 45 CFR 164.514(b)(2)(i)(I)',
    names: [
      'health plan',
      'member id',
      'subscriber id',
      'insurance id',
      'policy number',
      'policy no',
      'beneficiary id',
      'group number',
    ],
    value: '[0-9a-z][0-9a-z-]{4,18}[0-9a-z]',
    check: hasDigits,
    yes: [
      'member id: «W123456789»',
      'policy_number=«HP-0012345»',
      '"subscriberId":"«XYZ123456789»"',
      'health plan no «0012345678».',
      'insurance id «A12B34567»',
      'group number «700123»',
    ],
    no: [
      'member id: none',
      'policy number: pending',
      'remember id W123456789',
      'health plan renewed',
      'membership 12345678',
      'policy no 12',
    ],
  }),
  named({
    ...said,
    id: 'icd_code',
    summary: 'Diagnosis codes (ICD-10) behind their name',
    severity: 'medium',
    source: 'WHO, ICD-10; CMS, ICD-10-CM',
    names: ['icd', 'icd-10', 'icd10', 'icd 10 cm', 'diagnosis', 'diagnosis code', 'diagnose', 'dx'],
    value: '[a-tv-z][0-9][0-9a-b](?:\\.[0-9a-k]{1,4})?',
    yes: [
      'icd: «E11.9»',
      'icd10=«F32.1»',
      '"diagnosisCode":"«I10»"',
      'ICD-10 «C50.911».',
      'dx: «J45.909»',
      'Diagnose «M54.5»',
    ],
    no: ['icd: none', 'icd=E1', 'dxgi E11.9', 'diagnosis: U071x', 'medicd E11.9', 'diagnosis pending'],
  }),
  named({
    ...said,
    id: 'us_ndc',
    summary: 'US national drug codes behind their name',
    severity: 'low',
    region: 'us',
    source: 'US Food and Drug Administration, 21 CFR 207.33',
    names: ['ndc', 'ndc11', 'drug code', 'national drug'],
    value: '(?:[0-9]{5}-[0-9]{3,4}-[0-9]{1,2}|[0-9]{4}-[0-9]{4}-[0-9]{2}|[0-9]{11})',
    yes: [
      'ndc: «0777-3105-02»',
      'NDC=«50242-040-62»',
      '"ndc":"«00002871501»"',
      'ndc code «12345-6789-1».',
      'drug code «0002-8215-01»',
      'National drug code «60575-4112-1»',
    ],
    no: ['ndc: 0777-3105', 'ndc=1234567890', 'handc 0777-3105-02', 'ndc missing', 'ndc: 077-3105-02', 'drug codes'],
  }),
  named({
    ...said,
    id: 'blood_type',
    summary: 'Blood groups behind their name',
    severity: 'low',
    source: 'ISBT 128, ABO and RhD',
    names: [
      'blood type',
      'blood group',
      'blutgruppe',
      'groupe sanguin',
      'grupo sanguineo',
      'gruppo sanguigno',
      'bloedgroep',
    ],
    value: '(?:ab|a|b|o|0)(?:[+-]| ?(?:pos|neg|positive|negative|rh[+-]))',
    yes: [
      'blood type: «A+»',
      'blood_group=«0-»',
      '"bloodType":"«AB neg»"',
      'Blutgruppe «B+».',
      'groupe sanguin «O-»',
      'blood group: «a positive»',
    ],
    no: ['blood type: unknown', 'blood group: C+', 'bloodtype test', 'blood type A1', 'blutgruppen A+x', 'type: A+'],
  }),
]
