// What an address in the settings means: `host:port`, `[::1]:port` or `unix:/path`. Opens nothing.
import type { AddressInfo } from 'node:net'
import { z } from 'zod'

export type Address =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string }

/** Null when the text is no address. An IPv6 host stands in brackets; the port is 0 to 65535. */
export function parseAddress(text: string): Address | null {
  if (text.startsWith('unix:')) {
    const path = text.slice('unix:'.length)
    return path === '' || path.includes('\0') ? null : { kind: 'unix', path }
  }
  const parts = /^(?:\[([0-9a-fA-F:.%\w]+)\]|([^:[\]\s/]+)):(\d{1,5})$/.exec(text)
  if (parts === null) return null
  const port = Number(parts[3])
  return port > 65_535 ? null : { kind: 'tcp', host: parts[1] ?? parts[2], port }
}

/** The text that `parseAddress` reads. */
export function formatAddress(address: Address): string {
  if (address.kind === 'unix') return `unix:${address.path}`
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`
}

/** True when only processes of this host can connect to it. */
export function isLoopback(text: string): boolean {
  const address = parseAddress(text)
  if (address === null) return false
  return address.kind === 'unix' || isLoopbackHost(address.host)
}

/** True for `localhost`, 127.0.0.0/8 and ::1. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host)
}

/** The text for what `server.address()` says. */
export function formatBound(bound: string | AddressInfo | null): string {
  if (bound === null) return ''
  if (typeof bound === 'string') return formatAddress({ kind: 'unix', path: bound })
  return formatAddress({ kind: 'tcp', host: bound.address, port: bound.port })
}

/** A setting that is an address; it stays text in the settings, so that they can be printed. */
export const addressSetting = z
  .string()
  .refine((text) => parseAddress(text) !== null, { error: 'write host:port, [ipv6]:port or unix:/path' })

/** The address of a setting that `addressSetting` has let through. */
export function addressOf(setting: string): Address {
  const address = parseAddress(setting)
  if (address === null) throw new RangeError('not an address')
  return address
}
