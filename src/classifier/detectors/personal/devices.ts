// Numbers of telephones, of their cards, and of people as advertisers know them.
import type { Detector } from '../../../core/detector.ts'
import { allEqual, numberAt, onSymbols } from '../../checks/symbols.ts'
import { isLuhn } from '../../checks/weighted.ts'
import { named } from '../../named_value.ts'
import { shaped } from '../../shape.ts'

const device = { category: 'personal', severity: 'medium', confidence: 'low' } as const

const isImei = onSymbols((v) => isLuhn(v, 0, 15) && !allEqual(v, 0, 15))
const isIccid = onSymbols((v, count) => isLuhn(v, 0, count) || count === 20)
/** Mobile country codes run from 200 to 799. */
const isImsi = onSymbols((v, count) => numberAt(v, 0, 3) >= 200 && numberAt(v, 0, 3) < 800 && !allEqual(v, 5, count))

export const devices: readonly Detector[] = [
  shaped({
    ...device,
    id: 'imei',
    summary: 'Numbers of mobile devices (IMEI), Luhn',
    near: ['imei', 'imei number', 'device imei', 'meid', 'imeisv'],
    source: 'GSMA TS.06; 3GPP TS 23.003',
    shapes: ['99-9{6}-9{6}-9', '9{15}'],
    check: isImei,
    numbers: ['490154203237518', '35-209900-176148-1', '356938035643809'],
    wrong: ['490154203237519', '35-209900-176148-2', '49015420323751', '000000000000000'],
  }),
  shaped({
    ...device,
    id: 'iccid',
    summary: 'Numbers of SIM cards (ICCID): 89 and Luhn',
    near: ['iccid', 'sim', 'sim card', 'sim number', 'sim serial', 'esim', 'uicc'],
    source: 'ITU-T E.118',
    shapes: ['89[0-9]{18}', '89[0-9]{17}'],
    check: isIccid,
    numbers: ['8991101200003204514', '89490200001234567891', '8944500102198304826'],
    wrong: ['8991101200003204511', '7991101200003204510', '899110120000320451'],
  }),
  shaped({
    ...device,
    id: 'imsi',
    summary: 'Numbers of mobile subscribers (IMSI) by their country code',
    near: ['imsi', 'subscriber identity', 'supi'],
    source: 'ITU-T E.212',
    shapes: ['[2-7]9{14}', '[2-7]9{13}'],
    check: isImsi,
    numbers: ['310150123456789', '262011234567890', '23415012345678'],
    wrong: ['110150123456789', '31015012345', '810150123456789', '3101501234567890'],
  }),
  named({
    category: 'personal',
    severity: 'low',
    confidence: 'medium',
    id: 'advertising_id',
    summary: 'Advertising ids (IDFA, AAID, GAID) behind their name',
    source: 'Apple AdSupport; Google Play services, advertising ID; RFC 9562',
    names: ['idfa', 'idfv', 'gaid', 'aaid', 'adid', 'advertising id', 'advertiser id', 'ad id'],
    value: '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
    yes: [
      'idfa: «6D92078A-8246-4BA4-AE5B-76104861E7DC»',
      'gaid=«38400000-8cf0-11bd-b23e-10b96e40000d»',
      '"advertisingId":"«cdda802e-fb9c-47ad-9866-0794d394c912»"',
      'AAID «38400000-8cf0-11bd-b23e-10b96e40000d».',
      'adid «EA7583CD-A667-48BC-B806-42ECB2B48606» ok',
      'Advertising ID: «EA7583CD-A667-48BC-B806-42ECB2B48606»',
    ],
    no: [
      'id: 38400000-8cf0-11bd-b23e-10b96e40000d',
      'idfa: 00000000',
      'gaid=38400000-8cf0-11bd-b23e-10b96e40000',
      'loadid 38400000-8cf0-11bd-b23e-10b96e40000d',
      'idfa: none',
      'adidas 38400000',
    ],
  }),
]
