// What is bounded, what is lost, and that each loss is counted.
import { spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { dropsOf } from '../../../src/sources/syslog/kernel_drops.ts'
import { syslog } from '../../../src/sources/syslog.ts'
import { type Site, until } from '../../conformance/site.ts'
import { recordsOf, startSyslog } from './support.ts'

const HEAD = '<13>1 - h app - - - '

function timesOf(site: Site, name: string): number {
  return site.said.filter((one) => one.name === name).reduce((sum, { facts }) => sum + Number(facts.times ?? 1), 0)
}

function write(address: string, text: string): Promise<void> {
  const [host, port] = address.split(':')
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) }, () => socket.end(text))
    socket.on('error', () => resolve())
    socket.on('close', () => resolve())
    socket.resume()
  })
}

/** A process that sends `count` datagrams as fast as it can, while this one reads none. */
function flood(address: string, count: number): void {
  const [host, port] = address.split(':')
  const script = `const socket = require('node:dgram').createSocket('udp4')
    const bytes = Buffer.from('${HEAD}' + 'x'.repeat(400))
    let sent = 0
    const next = () => sent++ < ${count} ? socket.send(bytes, ${port}, '${host}', next) : socket.close()
    next()`
  spawnSync(process.execPath, ['-e', script], { stdio: 'inherit' })
}

describe('a message over the limit', () => {
  it('is replaced by a marker with its size, over TCP and UDP', async () => {
    const settings = { tcp: '127.0.0.1:0', udp: '127.0.0.1:0', message_bytes_max: 1024 }
    const { site, addresses } = await startSyslog(settings)
    const long = HEAD.padEnd(3000, 'x')
    const [udp, tcp] = addresses
    await write(tcp, `${HEAD}one\n${long}\n${HEAD}two\n`)
    await until(() => recordsOf(site).length === 3, 'the stream')
    const socket = createSocket('udp4')
    await new Promise((resolve) => socket.send(long, Number(udp.split(':')[1]), '127.0.0.1', resolve))
    socket.close()
    await until(() => recordsOf(site).length === 4, 'the datagram')
    const marker = { host: '127.0.0.1', logveil_unreadable: 'too_long', bytes: 3000 }
    expect(recordsOf(site)).toMatchObject([{ message: 'one' }, marker, { message: 'two' }, marker])
    expect(timesOf(site, 'message_too_long')).toBe(2)
  })
})

describe('datagrams', () => {
  it('for which there is no room are lost and counted, each', async () => {
    const { site, addresses } = await startSyslog({ udp: '127.0.0.1:0', in_flight_bytes_max: 20_000 })
    site.makeRoom(false)
    flood(addresses[0], 300)
    await until(() => timesOf(site, 'udp_lost') > 0, 'the first loss')
    site.makeRoom(true)
    await until(() => recordsOf(site).length + timesOf(site, 'udp_lost') === 300, 'all of them')
    expect(recordsOf(site).length).toBeGreaterThan(20)
  })

  it('that the kernel drops while nobody reads are counted, each', async () => {
    const { site, addresses } = await startSyslog({ udp: '127.0.0.1:0', udp_buffer_bytes: 4096 })
    flood(addresses[0], 2000)
    await until(() => recordsOf(site).length + timesOf(site, 'udp_dropped') === 2000, 'all of them')
    expect(timesOf(site, 'udp_dropped')).toBeGreaterThan(0)
  })

  it('are counted by the kernel for each socket', () => {
    const table = `sl local_address rem_address st tx_queue rx_queue tr uid timeout inode ref pointer drops
  201: 0100007F:15BA 00000000:0000 07 00000000:00000000 00:00000000 00000000 0 0 31 2 0000000000000000 17
  202: 00000000:15BA 00000000:0000 07 00000000:00000000 00:00000000 00000000 0 0 32 2 0000000000000000 4
  203: 0100007F:15BB 00000000:0000 07 00000000:00000000 00:00000000 00000000 0 0 33 2 0000000000000000 9
`
    expect(dropsOf(table, '127.0.0.1', 5562)).toBe(17)
    expect(dropsOf(table, '0.0.0.0', 5562)).toBe(4)
    expect(dropsOf(table, null, 5562)).toBe(21)
    expect(dropsOf(table, '127.0.0.1', 1)).toBe(null)
  })
})

describe('a stream', () => {
  it('is told from the others: one that is broken is closed, and another one goes on', async () => {
    const { site, addresses } = await startSyslog({ tcp: '127.0.0.1:0' })
    await Promise.all([write(addresses[0], '10 <13>1 - - garbage'), write(addresses[0], `${HEAD}fine\n`)])
    await until(() => recordsOf(site).length === 2, 'both')
    expect(site.count('malformed_stream')).toBe(1)
    expect(
      recordsOf(site)
        .map(({ message }) => message)
        .sort(),
    ).toEqual(['<13>1 - - ', 'fine'])
  })

  it('is read to its end when we go, as far as it had come', async () => {
    const { source, site, addresses } = await startSyslog({ tcp: '127.0.0.1:0' })
    const [host, port] = addresses[0].split(':')
    const socket = connect({ host, port: Number(port) })
    socket.on('error', () => {})
    await new Promise((resolve) => socket.write(`${HEAD}one\n`.repeat(5000), resolve))
    await source.stop(AbortSignal.timeout(5000))
    socket.destroy()
    expect(recordsOf(site)).toHaveLength(5000)
  })

  it('whose records are not delivered is told in numbers, for nobody will send them again', async () => {
    const { site, addresses } = await startSyslog({ tcp: '127.0.0.1:0' })
    site.answer = () => Promise.reject(new Error('said by the test'))
    await write(addresses[0], `${HEAD}one\n${HEAD}two\n`)
    await until(() => timesOf(site, 'undelivered') === 2, 'the event')
  })

  it('comes by a Unix socket, too', async () => {
    const path = `/tmp/logveil-syslog-${process.pid}.sock`
    const { site, addresses } = await startSyslog({ tcp: `unix:${path}` })
    expect(addresses).toEqual([`unix:${path}`])
    const socket = connect(path, () => socket.end('<13>1 - - app - - - one\n'))
    await until(() => recordsOf(site).length === 1, 'the message')
    expect(recordsOf(site)[0]).toEqual({ facility: 'user', severity: 'notice', app: 'app', message: 'one' })
  })
})

describe('settings', () => {
  it.each([
    [{}, 'give `udp`, `tcp` or both'],
    [{ udp: 'unix:/run/log.sock' }, 'host:port'],
    [{ udp: '127.0.0.1:514', tls: { cert: 'c', key: 'k' } }, 'give `tcp`'],
    [{ udp: '127.0.0.1:514', timezone: 'Europe/Berlin' }, 'an offset'],
  ])('not %j', (settings, complaint) => {
    expect(() => syslog.settings.parse(settings)).toThrow(complaint)
  })
})
