// Keys and signatures of Amazon Web Services.
import type { Detector } from '../../../core/detector.ts'
import { isAwsSecret, isUnfilled } from '../../checks/credential.ts'
import { FAKE_UUID, fake } from '../../fakes.ts'
import { findTokens } from '../../sequence.ts'
import { FRONT, NO_FRONT, token } from '../../tokens.ts'

const KEY_ID_PREFIXES = ['AKIA', 'ASIA', 'ABIA', 'ACCA']

const awsAccessKeyId: Detector = {
  id: 'aws_access_key_id',
  summary: 'AWS access key ids, long-term (AKIA) and temporary (ASIA)',
  category: 'secret',
  severity: 'high',
  confidence: 'high',
  source: 'AWS IAM User Guide, unique identifiers',
  pattern: `${FRONT}(?P<key>(?:${KEY_ID_PREFIXES.join('|')})[A-Z2-7]{16})(?:$|[^0-9A-Za-z])`,
  group: 'key',
  anchors: KEY_ID_PREFIXES,
  check: isUnfilled,
  find: findTokens(
    [{ prefixes: KEY_ID_PREFIXES, anchored: [4], body: '[A-Z2-7]{16}' }],
    { front: NO_FRONT, glue: '' },
    isUnfilled,
  ),
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
    'AKIAXXXXXXXXXXXXXXXX',
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

const SIGNATURE = fake('hex', 64)

/** Who has the whole URL or the header may send that one request again. */
const presigned: Detector = {
  id: 'request_signature',
  summary: 'Signatures of requests to AWS and Google Cloud, in the URL or in the header',
  category: 'secret',
  severity: 'high',
  confidence: 'high',
  source: 'AWS Signature Version 4, Google Cloud signed URLs',
  pattern:
    '(?:(?i:X-(?:Amz|Goog|OSS|Cos)-Signature)(?:=|%3D)|AWS4-HMAC-SHA256[^\\r\\n"]{1,600}Signature=)' +
    '(?P<signature>[0-9a-fA-F]{64,})',
  group: 'signature',
  anchors: ['(?i)-signatu', 'AWS4-HMA'],
  yes: [
    `GET /b/o?X-Amz-Date=20261121T150000Z&X-Amz-Signature=«${SIGNATURE}»&x=1`,
    `"https://b.s3.amazonaws.com/o?X-Amz-Signature=«${SIGNATURE}»"`,
    `https://storage.googleapis.com/b/o?X-Goog-Signature=«${SIGNATURE.repeat(4)}»`,
    `u=https%3A%2F%2Fb%2Fo%3FX-Amz-Signature%3D«${SIGNATURE}»`,
    `x-amz-signature=«${SIGNATURE}».`,
    `Authorization: AWS4-HMAC-SHA256 Credential=x/20261121/us-east-1/s3/aws4_request, SignedHeaders` +
      `=host, Signature=«${SIGNATURE}»`,
  ],
  no: [
    SIGNATURE,
    'X-Amz-Signature=short',
    `X-Amz-Content-Sha256=${SIGNATURE}`,
    `Signature=${SIGNATURE}`,
    'X-Amz-SignedHeaders=host',
    'AWS4-HMAC-SHA256 is the algorithm',
  ],
}

export const amazon: readonly Detector[] = [
  awsAccessKeyId,
  awsSecretAccessKey,
  token({
    id: 'aws_session_token',
    summary: 'AWS session tokens of temporary credentials',
    source: 'AWS Security Token Service, temporary credentials',
    prefixes: ['FwoGZXIvYXdz', 'IQoJb3JpZ2lu', 'FQoGZXIvYXdz', 'FQoDYXdz'],
    body: '[0-9A-Za-z+/%_-]{80,}={0,3}',
    anchors: ['FwoGZXIv', 'IQoJb3Jp', 'FQoGZXIv', 'FQoDYXdz'],
    samples: [`FwoGZXIvYXdz${fake('word', 300)}==`, `IQoJb3JpZ2lu${fake('word', 300)}`],
  }),
  token({
    id: 'aws_bedrock_api_key',
    summary: 'Amazon Bedrock API keys, long-term and short-term',
    source: 'Amazon Bedrock User Guide, API keys',
    prefixes: ['ABSKQmVkcm9ja', 'bedrock-api-key-'],
    body: '[0-9A-Za-z+/]{100,}={0,3}',
    samples: [`ABSKQmVkcm9ja0FQSUtleS${fake('word', 110)}=`, `bedrock-api-key-${fake('word', 200)}`],
    no: [`ABSK${fake('word', 30)}`],
  }),
  token({
    id: 'amazon_mws_token',
    summary: 'Amazon Marketplace auth tokens and Login with Amazon secrets',
    source: 'Amazon Selling Partner API documentation',
    prefixes: ['amzn.mws.', 'amzn1.oa2-cs.v1.'],
    body: '(?:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9a-f]{64})',
    samples: [`amzn.mws.${FAKE_UUID}`, `amzn1.oa2-cs.v1.${fake('hex', 64)}`],
  }),
  presigned,
]
