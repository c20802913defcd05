// Addresses of cryptocurrency wallets, by their checksums.
import type { Check, Detector, SpanFinder } from '../../../core/detector.ts'
import { is, WORD } from '../../checks/bytes.ts'
import { isBase58Check, isBech32, isMixedCaseAddress, isMonero } from '../../checks/crypto_address.ts'

/** Addresses are long runs of letters and digits: a candidate is a run of the right length that the check takes. */
function findRun(back: number, bytesMin: number, bytesMax: number, check: Check): SpanFinder {
  return (bytes, from, to, at, span) => {
    const start = at - back
    if (start < from || (start > from && is(bytes[start - 1], WORD))) return -1
    let end = at
    while (end < to && end - start <= bytesMax && is(bytes[end], WORD)) end++
    if (end - start < bytesMin || end - start > bytesMax || !check(bytes, start, end)) return -1
    span.start = start
    return end
  }
}

const EDGE = '(?:^|[^0-9A-Za-z])'
const END = '(?:$|[^0-9A-Za-z])'

function isBitcoin(bytes: Uint8Array, start: number, end: number): boolean {
  return bytes[start] === 0x4c || bytes[start] === 0x4d ? false : isBase58Check(bytes, start, end)
}

const bitcoin: Detector = {
  id: 'bitcoin_address',
  summary: 'Bitcoin addresses: Base58Check',
  category: 'financial',
  severity: 'medium',
  confidence: 'high',
  source: 'Bitcoin wiki, Base58Check encoding',
  pattern: `${EDGE}(?P<address>[13][0-9A-Za-z]{25,34})${END}`,
  group: 'address',
  anchors: ['^[13][0-9A-Za-z]{4}'],
  check: isBitcoin,
  find: findRun(5, 26, 35, isBitcoin),
  yes: [
    'to «1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa» sent',
    'wallet=«3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy»&x=1',
    '{"address":"«1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2»"}',
    '«1BoatSLRHtKNngkdXEeobR76b53LETtpyT»',
    'btc:«1dice8EMZmqKvrGE4Qc9bUFf9PX3xaYDp».',
    '(«12c6DSiU4Rq3P4ZxziKxzrL5LmMBrzjrJX»)',
  ],
  no: [
    '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb',
    '1A1zP1eP5QGefi2DMPTfTL5SLmv7Divf0a',
    'x1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa',
    '1234567890123456789012345678901234',
    '3f786850e387550fdab836ed7e6dc881',
    '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa1A1zP1eP5QGefi',
  ],
}

const litecoin: Detector = {
  id: 'litecoin_address',
  summary: 'Litecoin addresses: Base58Check',
  category: 'financial',
  severity: 'medium',
  confidence: 'high',
  source: 'Litecoin Core, chainparams',
  pattern: `${EDGE}(?P<address>[LM][0-9A-Za-z]{25,34})${END}`,
  group: 'address',
  anchors: ['^[LM][0-9A-Za-z]{3}'],
  check: isBase58Check,
  find: findRun(4, 26, 35, isBase58Check),
  yes: [
    'to «LiNmXahf1k2DyQfh6x7R3BWBKGt91QDg4V» sent',
    'wallet=«MKk2oZGxDDRgp1Xm4bJh3ypmrGxjUBugx5»&x=1',
    '{"address":"«LTP6AHpQ8oHSJnYeEiJaKq1MXuEXUrLt5w»"}',
    '«MFK9iK1hnrQhJcdku89MtV9t1fuPiGvM88»',
    'ltc:«LXu6fVCgdMvEQookkobiaBTkdA8kHd975S».',
    '(«MHUoKvmTjxWTfLBN2oRhiDqij1NXYCVq9q»)',
  ],
  no: [
    'LVg2kJoFNg45Nbpy53h7Fe1wKyeXVRhMH8',
    'LoremIpsumDolorSitAmetConsectetur',
    'MessageQueueConnectionFactoryBean',
    'L1234567890123456789012345678901',
    'M0dule',
    'LKJHGFDSAPOIUYTREWQMNBVCXZasdfgh',
  ],
}

function isSegwit(bytes: Uint8Array, start: number, end: number): boolean {
  return isBech32(bytes, start, end)
}

const bech32: Detector = {
  id: 'bitcoin_bech32_address',
  summary: 'Bitcoin and Litecoin addresses of witness programs: Bech32 and Bech32m',
  category: 'financial',
  severity: 'medium',
  confidence: 'high',
  source: 'BIP-173, BIP-350',
  pattern: `${EDGE}(?P<address>(?:bc1|BC1|ltc1|LTC1)[0-9A-Za-z]{11,71})${END}`,
  group: 'address',
  anchors: ['^bc1[0-9a-z]', '^BC1[0-9A-Z]', '^ltc1', '^LTC1'],
  check: isSegwit,
  find: findRun(4, 14, 75, isSegwit),
  yes: [
    'to «bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4» sent',
    'wallet=«BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4»&x=1',
    '{"address":"«bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0»"}',
    '«bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq»',
    'btc:«bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3».',
    '(«bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y»)',
  ],
  no: [
    'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5',
    'bc1qW508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4',
    'xbc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4',
    'bc1q',
    'bc1 qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4',
    'bc1b508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4',
  ],
}

const ethereum: Detector = {
  id: 'ethereum_address',
  summary: 'Ethereum addresses with the capitals of their checksum',
  category: 'financial',
  severity: 'medium',
  confidence: 'high',
  source: 'EIP-55',
  pattern: `${EDGE}(?P<address>0x[0-9A-Fa-f]{40})${END}`,
  group: 'address',
  anchors: ['^0x[0-9A-Fa-f]{4}'],
  check: isMixedCaseAddress,
  find: findRun(6, 42, 42, (bytes, start, end) => isHex(bytes, start + 2, end) && isMixedCaseAddress(bytes, start)),
  yes: [
    'to «0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed» sent',
    'wallet=«0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359»&x=1',
    '{"address":"«0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB»"}',
    '«0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb»',
    'eth:«0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed».',
    '(«0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359»)',
  ],
  no: [
    '0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed',
    '0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe',
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed0',
    'x0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeg',
  ],
}

function isHex(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at] | 0x20
    if (!(byte >= 0x61 && byte <= 0x66) && !(bytes[at] >= 0x30 && bytes[at] <= 0x39)) return false
  }
  return true
}

const monero: Detector = {
  id: 'monero_address',
  summary: 'Monero addresses and subaddresses with their checksum',
  category: 'financial',
  severity: 'medium',
  confidence: 'high',
  source: 'Monero, standard addresses; Cryptonote base58',
  pattern: `${EDGE}(?P<address>[48][0-9A-Za-z]{94})${END}`,
  group: 'address',
  anchors: ['^[48][0-9A-Za-z]{4}'],
  check: isMonero,
  find: findRun(5, 95, 95, isMonero),
  yes: [
    'to «44ahVKpTPszTSJj4PGWaFi54CUKoRTtiW2fjhc4TCJk3BVm64HMP9YdYw2oajUQBMW5DkVba6VFBe6dU8TBVeXhzMJ14Ciy» sent',
    'w=«8Bka6CJk3LvH5n2At3ZGPM1Js4EARPz6yDRk6y3wEShN4Rnverfkh5cfPDXVUz6YqhCNWhYqfzcfWSrvwuGGyFWgHfUwveH»&x=1',
    '{"a":"«43JKQUhH3Gb1vbXEsefZieMJANXejAXaa8UF3r8D5rp22De95TZ8QNu3ZL2Psj1s5N2dNHcVr3uaaed6LBbBx6g1GjrmoHF»"}',
    '«8BiVXC6SnDuh8fAvrkNAcxa4S8ag3BJmNchsEZm1kvWoBcgBKEYDCUC9BDcAK2WFgKSS1vLACieYtai2PTMoARVXTpRSq9b»',
    'xmr:«44FGEgK97EpZZ7G4QthDUwAcybfaRKUVd5mvk5Xn8YqAJwn9hwKAT8a5Rd5kAWgGiqVTfYr3yX15JFMsbBNJGSaL8Zp1F27».',
    '(«86KjZJk6tbvRdMt8rrohqYcoLUfqmBpsvSkGfghu99QWafEpeMvDkyCS6ySxNKLYeMGmKr6Js8AifeXtT7pn9nqP181Cckk»)',
  ],
  no: [
    '44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3B',
    '44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3',
    '8'.repeat(95),
    '4000000000',
    `4${'A'.repeat(94)}`,
    `8${'z'.repeat(95)}`,
  ],
}

export const cryptoWallets: readonly Detector[] = [bitcoin, bech32, litecoin, ethereum, monero]
