// Keys, secrets and signatures of Azure and Microsoft Entra.
import type { Detector } from '../../../core/detector.ts'
import { pieced } from '../../samples.ts'

const AZURE_KEY = pieced('EXAMPLEexample'.repeat(6), 'aa', '==')

const azureStorageKey: Detector = {
  id: 'azure_storage_key',
  summary: 'Azure storage and Cosmos DB account keys in connection strings',
  category: 'secret',
  severity: 'critical',
  confidence: 'high',
  source: 'Azure Storage documentation, connection strings',
  pattern: '(?i:AccountKey)[ \\t]{0,2}(?:[:=]|%3[Dd])[ \\t]{0,2}["\']?(?P<key>[0-9A-Za-z+/]{86}==)',
  group: 'key',
  anchors: ['(?i)accountk'],
  yes: [
    `AccountName=x;AccountKey=«${AZURE_KEY}»;EndpointSuffix=core.windows.net`,
    `AccountKey=«${AZURE_KEY}»`,
    `accountkey: «${AZURE_KEY}»`,
    `"DefaultEndpointsProtocol=https;AccountKey=«${AZURE_KEY}»"`,
    `AccountEndpoint=https://x/;AccountKey=«${AZURE_KEY}»;`,
    `AccountKey%3D«${AZURE_KEY}»`,
  ],
  no: [
    'AccountKey=',
    'AccountKey=abc==',
    AZURE_KEY,
    `Account=${AZURE_KEY}`,
    `AccountKey=${AZURE_KEY.slice(1)}`,
    'AccountKeyName=x',
  ],
}

export const azure: readonly Detector[] = [azureStorageKey]
