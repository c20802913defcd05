// Real syslog servers from Debian, each in a folder of its own, that write every message that they take to a file.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { temporaryFolder, until } from '../../sinks/site.ts'
import { available } from '../forward/run.ts'
import { freePort } from '../free_port.mjs'

export interface SyslogServer {
  readonly port: number
  /** The messages so far, as the server understood them. */
  messages(): Message[]
  stop(): Promise<void>
}

export interface Message {
  readonly pri: string
  readonly host: string
  readonly app: string
  readonly msgid: string
  readonly msg: string
}

export type Transport = 'tcp' | 'udp' | 'tls'

interface Manner {
  readonly transport: Transport
  /** With `ca.pem`, `server.pem` and `server.key`. */
  readonly certificates?: string
  /** True: clients must have a certificate of `ca.pem`. */
  readonly mutual?: boolean
  readonly port?: number
}

const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'logveil', 'syslog-ng')
const SYSLOG_NG = [{ root: '' }, { root: CACHE }].find(({ root }) => existsSync(`${root}/usr/sbin/syslog-ng`))

export const hasRsyslog = available('/usr/sbin/rsyslogd', ['-v'], 'rsyslog and rsyslog-gnutls')
export const hasSyslogNg = SYSLOG_NG !== undefined || available('syslog-ng', ['-V'], 'syslog-ng-core')

export async function rsyslog(manner: Manner): Promise<SyslogServer> {
  const folder = temporaryFolder()
  const port = manner.port ?? (await freePort())
  const { transport, certificates, mutual } = manner
  const driver = [
    `global(workDirectory="${folder}" maxMessageSize="64k"`,
    ...(certificates
      ? [
          `defaultNetstreamDriver="gtls" defaultNetstreamDriverCAFile="${certificates}/ca.pem"`,
          `defaultNetstreamDriverCertFile="${certificates}/server.pem"`,
          `defaultNetstreamDriverKeyFile="${certificates}/server.key"`,
        ]
      : []),
    ')',
  ].join(' ')
  const mode = mutual ? 'x509/certvalid' : 'anon'
  const tls =
    transport === 'tls' ? `streamdriver.name="gtls" streamdriver.mode="1" streamdriver.authmode="${mode}"` : ''
  const lines = [
    driver,
    'template(name="all" type="list" option.jsonf="on") {',
    ...Object.entries({ pri: 'pri', host: 'hostname', app: 'app-name', msgid: 'msgid', msg: 'msg' }).map(
      ([name, property]) => `property(outname="${name}" name="${property}" format="jsonf")`,
    ),
    '}',
    transport === 'udp' ? 'module(load="imudp")' : `module(load="imtcp" ${tls})`,
    `input(type="${transport === 'udp' ? 'imudp' : 'imtcp'}" port="${port}" address="127.0.0.1")`,
    `action(type="omfile" file="${folder}/out" template="all")`,
  ]
  writeFileSync(join(folder, 'conf'), `${lines.join('\n')}\n`)
  const child = spawn('/usr/sbin/rsyslogd', ['-n', '-f', `${folder}/conf`, '-i', `${folder}/pid`], { stdio: 'pipe' })
  return running(child, folder, port, transport)
}

export async function syslogNg(manner: Manner): Promise<SyslogServer> {
  const folder = temporaryFolder()
  const port = manner.port ?? (await freePort())
  const { transport, certificates, mutual } = manner
  const tls = certificates
    ? `tls(key-file("${certificates}/server.key") cert-file("${certificates}/server.pem")
       ca-file("${certificates}/ca.pem") peer-verify(${mutual ? 'required-trusted' : 'optional-untrusted'}))`
    : ''
  const template = '$(format-json pri=$PRI host=$HOST app=$PROGRAM msgid=$MSGID msg=$MESSAGE)'
  const config = `@version: 3.35
options { keep-hostname(yes); use-dns(no); stats-freq(0); log-msg-size(65536); };
source s { syslog(ip(127.0.0.1) port(${port}) transport("${transport}") ${tls} flags(no-parse-error)); };
destination d { file("${folder}/out" template("${template}\\n") flush-lines(1)); };
log { source(s); destination(d); };
`
  writeFileSync(join(folder, 'conf'), config.replace(' flags(no-parse-error)', ''))
  const root = SYSLOG_NG?.root ?? ''
  const library = `${root}/usr/lib/syslog-ng`
  mkdirSync(join(folder, 'run'))
  const files = ['-f', `${folder}/conf`, '-R', `${folder}/persist`, '-p', `${folder}/pid`, '-c', `${folder}/ctl`]
  const child = spawn(`${root}/usr/sbin/syslog-ng`, ['-F', '--no-caps', `--module-path=${library}/3.38`, ...files], {
    env: { ...process.env, LD_LIBRARY_PATH: library },
    stdio: 'pipe',
  })
  return running(child, folder, port, transport)
}

async function running(child: ChildProcess, folder: string, port: number, transport: Transport): Promise<SyslogServer> {
  const said: Buffer[] = []
  child.stderr?.on('data', (chunk) => said.push(chunk))
  child.stdout?.on('data', (chunk) => said.push(chunk))
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const stop = async (): Promise<void> => {
    child.kill()
    await ended
  }
  onTestFinished(stop)
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`it ended: ${Buffer.concat(said)}`)
    return transport === 'udp' ? existsSync(join(folder, 'pid')) && udpListens(port) : listens(port)
  })
  return { port, stop, messages: () => messagesIn(join(folder, 'out')) }
}

function messagesIn(file: string): Message[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n')
  // The last piece is a line that is not whole yet, or nothing.
  return lines.slice(0, -1).map((line) => JSON.parse(line))
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

function udpListens(port: number): boolean {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  return readFileSync('/proc/net/udp', 'utf8').includes(`0100007F:${hex} `)
}
