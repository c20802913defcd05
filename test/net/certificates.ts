// Certificates for tests, made by the openssl command when a test asks for them.
import { execFileSync } from 'node:child_process'

const OPENSSL = 'openssl'

/** A root, and certificates for `localhost` and for a client that come from it: `{ca,server,client}.{pem,key}`. */
export function makeCertificates(folder: string): void {
  const make = (...args: string[]) => execFileSync(OPENSSL, args, { cwd: folder, stdio: 'pipe' })
  const key = ['-newkey', 'rsa:2048', '-nodes']
  make('req', '-x509', ...key, '-days', '2', '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=logveil test CA')
  for (const [name, subject] of [
    ['server', '/CN=localhost'],
    ['client', '/CN=client'],
  ]) {
    make('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', subject)
    const ca = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial']
    make('x509', '-req', '-in', `${name}.csr`, ...ca, '-days', '2', '-out', `${name}.pem`)
  }
}
