import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { TlsFiles } from '../../../../server/api/http/tlsFiles.ts';
import { makeCertificate } from './support/makeCertificate.ts';

describe('api/http: a certificate that is renewed', () => {
  it('is used from the next connection on; one that fits no key is told once and leaves the last', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sparkdeck-tls-'));
    const made = ['first', 'second'].map(name => {
      mkdirSync(join(folder, name));
      return makeCertificate(join(folder, name));
    });
    const [first, second] = made;
    assert.ok(first && second);
    const used = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
    copyFileSync(first.cert, used.cert);
    copyFileSync(first.key, used.key);
    const files = new TlsFiles(used);
    const server = createServer(files.pair, (_, response) => response.end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    assert.ok(typeof address === 'object' && address);
    const isServedWith = async ({ cert }: { cert: string }): Promise<boolean> => {
      const dispatcher = new Agent({ connect: { ca: readFileSync(cert) } });
      try {
        await (await request(`https://127.0.0.1:${address.port}`, { dispatcher })).body.dump();
        return true;
      } catch (error) {
        assert.ok(error instanceof Error && 'code' in error);
        assert.equal(error.code, 'DEPTH_ZERO_SELF_SIGNED_CERT');
        return false;
      } finally {
        await dispatcher.close();
      }
    };
    const lines: string[] = [];
    const renew = (): void => files.renew(server, line => lines.push(line));
    try {
      renew();
      assert.deepEqual(lines, []);
      assert.equal(await isServedWith(first), true);

      copyFileSync(second.cert, used.cert);
      renew();
      renew();
      assert.equal(lines.length, 1);
      assert.match(lines[0] ?? '', /^the certificate and its key can't be renewed: /);
      assert.equal(await isServedWith(first), true);

      copyFileSync(second.key, used.key);
      renew();
      renew();
      assert.deepEqual(lines.slice(1), ['the renewed certificate is in use']);
      assert.equal(await isServedWith(first), false);
      assert.equal(await isServedWith(second), true);

      rmSync(used.cert);
      renew();
      assert.match(lines[2] ?? '', /cert\.pem can't be read/);
      assert.equal(await isServedWith(second), true);
    } finally {
      server.close();
      await once(server, 'close');
      rmSync(folder, { recursive: true });
    }
  });
});
