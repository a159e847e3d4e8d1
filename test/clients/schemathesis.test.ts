import assert from 'node:assert/strict';
import { execa } from 'execa';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { owner } from '../../server/teams/identity.ts';
import { TeamRooms } from '../../server/teams/teamRooms.ts';
import { installTimeout } from '../spark/support/runtime.ts';
import { TestServer } from '../unit/api/http/support/testServer.ts';
import { pythonWith } from './support/pythonTools.ts';

/** Made at random of each operation, beside those at the borders of its schema, of which there are some forty. */
const examples = 5;
/** Batches and clusters that there are, so that numbers and names found at random are some of theirs. */
const things = 12;

const small = { provider: 'local', workers: 1, workerCores: 1, workerMemory: '1g' } as const;

/**
 * Left out: streams, which don't end; what would download Spark; what would revoke the token that the requests are sent
 * with; and the look at every Java of the machine, for a second each time.
 */
const leftOut = '(/events|^POST .*/runtimes|^DELETE .*/tokens/\\{id\\}|/doctor)$';

/**
 * Too long a path is 414, too large a head 431: refusals as well. In the Spark FastAPI document 503 is the answer of a server whose cluster can't be reached; and no master
 * here is real.
 */
const configuration = `
checks.negative_data_rejection.expected-statuses = ["4xx", "503"]
[[operations]]
include-path-regex = '^/api/v1/(cluster/|jobs/(submit|apps))|/clusters/[{]name[}]/detail$'
checks.not_a_server_error.expected-statuses = ["2xx", "3xx", "4xx", "503"]
`;

/**
 * Requests made from the OpenAPI document, right ones and wrong ones: none may be answered with a 500, with a status, type
 * or body that the document doesn't say, or without a token. Spark is a stand-in here: what is asked for is made up, and
 * real clusters of 64 workers would be too much for any machine.
 */
describe('clients: schemathesis of PyPI', function () {
  this.timeout(5 * 60_000);
  let python: string;
  let server: TestServer;
  before(async function () {
    this.timeout(installTimeout);
    python = await pythonWith('schemathesis==4.32.5');
    server = await TestServer.open({ auth: true });
    await server.listen();
  });
  after(async () => server.close());

  it('finds nothing that the document does not say', async () => {
    const token = server.token({ role: 'admin' });
    const rooms = new TeamRooms(owner, server.rooms);
    const file = server.script('job.py', 'echo one; echo two >&2');
    for (let count = 0; count < things; count++) {
      const { id } = await rooms.batches.submit({ request: { file, conf: { 'spark.master': 'local[1]' } } });
      await server.ended(id);
      await rooms.clusters.start({ ...small, name: String(count) });
    }
    writeFileSync(join(server.folder, 'schemathesis.toml'), configuration);
    const { exitCode, all } = await execa(
      join(python, '..', 'schemathesis'),
      [
        '--no-color',
        'run',
        `${server.address}/openapi.json`,
        ...['--header', `Authorization: Bearer ${token}`],
        ...['--phases', 'examples,coverage,fuzzing', '--max-examples', String(examples), '--seed', '1'],
        ...['--request-timeout', '10', '--no-shrink', '--continue-on-failure'],
        ...['--exclude-name-regex', leftOut],
        // A right body may ask for a file or a cluster that there isn't: no document says which there are.
        ...['--checks', 'all', '--exclude-checks', 'positive_data_acceptance,object_level_authorization'],
      ],
      { all: true, reject: false, cwd: server.folder },
    );
    assert.equal(exitCode, 0, all);
    assert.ok(!server.log.some(line => line.includes('    at ')), server.log.join('\n'));
  });
});
