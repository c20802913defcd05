// Private keys and seed phrases of cryptocurrencies. Addresses are no secrets.
import type { Detector } from '../../../core/detector.ts'
import { hasBase58Checksum } from '../../checks/base58.ts'
import { fake } from '../../fakes.ts'
import { pieced } from '../../samples.ts'
import { named, token } from '../../tokens.ts'

const WIF = pieced('L3514FtgwB8ybn9dEYtWqWfT', 'xqE4PBJ2ZHqaeQtL5rsNuESozp5B')
const EXTENDED = pieced(
  'xprv',
  '9s21ZrQH143K3dqNMipwvw6wVDLG8F7qoc4QrVbpup1jaiAREyK2rkQ827k2kMD96Y8guTqoJUz15i2E4FTfje3DdzfAWrNeU8PqfTmHswF',
)
const WORDS = 'made up words from nobody who owns any coins they test what finds phrases'

export const wallets: readonly Detector[] = [
  token({
    id: 'bitcoin_extended_private_key',
    summary: 'Extended private keys of wallets (BIP 32), with their check (Base58Check)',
    source: 'BIP 32, SLIP 132',
    prefixes: ['xprv', 'yprv', 'zprv', 'tprv', 'uprv', 'vprv'],
    body: '[1-9A-HJ-NP-Za-km-z]{107,108}',
    check: hasBase58Checksum,
    samples: [EXTENDED],
    no: [`${EXTENDED.slice(0, -1)}G`],
  }),
  named({
    id: 'bitcoin_private_key',
    summary: 'Bitcoin private keys in wallet import format behind their name, with their check (Base58Check)',
    source: 'Bitcoin wallet import format',
    names: 'priv|wif|wallet|bitcoin|btc|dumpprivkey|importprivkey',
    kinds: false,
    anchors: [
      '(?i)priv_?k',
      '(?i)privk',
      '(?i)privat',
      '(?i)^wif',
      '(?i)wallet',
      '(?i)bitcoin',
      '(?i)btc_',
      '(?i)btc-',
    ],
    value: '[5KLc9][1-9A-HJ-NP-Za-km-z]{50,51}',
    check: hasBase58Checksum,
    as: 'wallet_private_key',
    samples: [WIF],
    no: [`wallet_private_key=${WIF.slice(0, -1)}C`],
  }),
  named({
    id: 'ethereum_private_key',
    summary: 'Ethereum private keys behind their name: 64 hex digits',
    source: 'Ethereum yellow paper, appendix F',
    names: 'priv(?:ate)?[_ -]?key|eth(?:ereum)?[_ -]key|(?:deployer|wallet|signer|account)[_ -]?key',
    kinds: false,
    anchors: [
      '(?i)privk',
      '(?i)priv_k',
      '(?i)priv-k',
      '(?i)private',
      '(?i)eth[_-]k',
      '(?i)ethereum',
      '(?i)deployer',
      '(?i)wallet',
      '(?i)signer',
      '(?i)account[_ -]k',
      '(?i)accountk',
    ],
    value: '(?:0x)?[0-9a-fA-F]{64}',
    as: 'private_key',
    samples: [`0x${fake('hex', 64)}`, fake('hex', 64)],
  }),
  named({
    id: 'seed_phrase',
    summary: 'Seed phrases of wallets (BIP 39) behind their name: twelve to twenty-four words',
    source: 'BIP 39',
    names:
      'mnemonic|seed[ _-]?phrase|seed[ _]?words|recovery[ _-]?phrase|recovery.?code|wallet.?seed|backup[ _-]?phrase',
    kinds: false,
    anchors: [
      '(?i)mnemonic',
      '(?i)seed_phr',
      '(?i)seed phr',
      '(?i)seed-phr',
      '(?i)seedphr',
      '(?i)seed wor',
      '(?i)seed_wor',
      '(?i)seedwor',
      '(?i)recovery',
      '(?i)wallet',
      '(?i)backup',
    ],
    value: '(?:[a-z]{3,8} ){11}[a-z]{3,8}(?:(?: [a-z]{3,8}){3}){0,4}',
    check: undefined,
    as: 'seed_phrase',
    samples: [
      WORDS.split(' ')
        .filter((word) => word.length > 2)
        .slice(0, 12)
        .join(' '),
    ],
  }),
]
