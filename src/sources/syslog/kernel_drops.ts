// How many datagrams Linux has dropped of a socket, from /proc/net/udp (proc(5)): the last column of its line.
import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { isIPv6 } from 'node:net'

/** Null where the kernel does not say. */
export async function kernelDrops({ address, port }: AddressInfo): Promise<number | null> {
  const isV6 = isIPv6(address)
  const text = await readFile(isV6 ? '/proc/net/udp6' : '/proc/net/udp', 'latin1').catch(() => null)
  return text === null ? null : dropsOf(text, isV6 ? null : address, port)
}

/** `address`: null for any, when only one socket can have the port. */
export function dropsOf(text: string, address: string | null, port: number): number | null {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const host = address === null ? null : hexOf(address)
  let drops: number | null = null
  for (const line of text.split('\n').slice(1)) {
    const columns = line.trim().split(/\s+/)
    const local = columns[1] ?? ''
    if (!local.endsWith(wanted) || (host !== null && !local.startsWith(host))) continue
    const count = Number(columns.at(-1))
    if (Number.isSafeInteger(count)) drops = (drops ?? 0) + count
  }
  return drops
}

/** As the kernel prints it: the bytes of the network from the last to the first. */
function hexOf(address: string): string {
  const bytes = address.split('.').map(Number).reverse()
  return bytes.map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join('')
}
