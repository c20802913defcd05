// Keys and signatures of Amazon Web Services.
import type { Detector } from '../../../core/detector.ts'
import { isAwsSecret } from '../../checks/credential.ts'

const FRONT = '(?:^|%[0-9A-Fa-f]{2}|\\\\[nrt]|[^0-9A-Za-z%])'

const awsAccessKeyId: Detector = {
  id: 'aws_access_key_id',
  summary: 'AWS access key ids, long-term (AKIA) and temporary (ASIA)',
  category: 'secret',
  severity: 'high',
  confidence: 'high',
  source: 'AWS IAM User Guide, unique identifiers',
  pattern: `${FRONT}(?P<key>(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16})(?:$|[^0-9A-Za-z])`,
  group: 'key',
  anchors: ['AKIA[A-Z2-7]{4}', 'ASIA[A-Z2-7]{4}', 'ABIA[A-Z2-7]{4}', 'ACCA[A-Z2-7]{4}'],
  yes: [
    'key «AKIAIOSFODNN7EXAMPLE» used',
    '"«ASIAIOSFODNN7EXAMPLE»"',
    'AWS_ACCESS_KEY_ID=«AKIAIOSFODNN7EXAMPLE»',
    'Credential=«AKIAIOSFODNN7EXAMPLE»/20261121/eu-west-1/s3/aws4_request',
    '?X-Amz-Credential=«AKIAIOSFODNN7EXAMPLE»%2F20261121',
    'k%3D«AKIAIOSFODNN7EXAMPLE»',
  ],
  no: [
    'AKIAIOSFODNN7EXAMPL',
    'AKIAIOSFODNN7EXAMPLEE',
    'AKIAIOSFODNN1EXAMPLE',
    'akiaiosfodnn7example',
    'XAKIAIOSFODNN7EXAMPLE',
    'AROAIOSFODNN7EXAMPLE',
  ],
}

const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'

const awsSecretAccessKey: Detector = {
  id: 'aws_secret_access_key',
  summary: 'AWS secret access keys: 40 characters behind a name with "aws" or "secret" in it',
  category: 'secret',
  severity: 'critical',
  confidence: 'high',
  source: 'AWS IAM User Guide, access keys',
  pattern:
    '(?:(?i:secret)|(?:^|[^0-9A-Za-z])(?i:aws)[A-Za-z_. -])[A-Za-z_. -]{0,24}(?:\\\\*["\']|%22)?' +
    '[ \\t]{0,4}(?:=>|:=|[:=]|%3[DdAa])[ \\t]{0,4}(?:\\\\*["\']|%22)?' +
    '(?P<key>[0-9A-Za-z/+]{40})(?:$|[^0-9A-Za-z/+=])',
  group: 'key',
  anchors: ['(?i)secret', '(?i)^aws[_. a-z-]'],
  check: isAwsSecret,
  yes: [
    `aws_secret_access_key = «${SECRET}»`,
    `"SecretAccessKey": "«${SECRET}»"`,
    `AWS_SECRET_ACCESS_KEY=«${SECRET}»`,
    `{\\"secretAccessKey\\":\\"«${SECRET}»\\"}`,
    `aws secret key: «${SECRET}», x`,
    `secret: '«${SECRET}»'`,
  ],
  no: [
    SECRET,
    `aws_secret_access_key=${SECRET}A`,
    'aws_secret_access_key=wJalrXUtnFEMI',
    'secret_key=0123456789abcdef0123456789abcdef01234567',
    `commit ${SECRET}`,
    'aws_secret_access_key=',
  ],
}

export const amazon: readonly Detector[] = [awsAccessKeyId, awsSecretAccessKey]
