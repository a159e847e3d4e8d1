import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { TestServer } from '../test/unit/api/http/support/testServer.ts';

/** `npm run openapi`: writes docs/openapi.json as the routes are now. */
const file = fileURLToPath(new URL('../docs/openapi.json', import.meta.url));
const server = await TestServer.open();
const { json } = await server.ask('GET', '/openapi.json');
await server.close();
writeFileSync(file, `${JSON.stringify(json, null, 2)}\n`);
spawnSync('prettier', ['--write', file], { stdio: 'inherit' });
