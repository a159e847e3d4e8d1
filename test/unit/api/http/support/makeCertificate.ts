import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** A certificate of 127.0.0.1 for itself, with its key, by openssl. */
export function makeCertificate(folder: string): { cert: string; key: string } {
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  execFileSync(
    'openssl',
    [
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
      ],
      ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'],
      ...['-out', files.cert, '-keyout', files.key],
    ],
    { stdio: 'pipe' },
  );
  return files;
}
