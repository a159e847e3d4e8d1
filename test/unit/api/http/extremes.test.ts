import assert from 'node:assert/strict';
import { TestServer } from './support/testServer.ts';

describe('api/http: numbers beyond all measure', () => {
  let server: TestServer;
  before(async () => {
    server = await TestServer.open({ auth: false });
  });
  after(async () => server.close());

  const local = { 'spark.master': 'local[1]' };
  const elsewhere = { 'spark.master': 'spark://192.0.2.1:7077' };
  for (const request of [
    { conf: { ...local, 'spark.ui.port': '1e17' } },
    { conf: { ...local, 'spark.ui.port': '1.5' } },
    { conf: { ...local, 'spark.ui.port': '65536' } },
    { conf: local, driverCores: 1e17 },
    { conf: local, driverCores: 1e300 },
    { conf: elsewhere, numExecutors: 2 ** 53 },
  ]) {
    it(`are refused: ${JSON.stringify(request)}`, async () => {
      const file = server.script('job.py', 'true');
      for (const path of ['/api/sparkdeck/v1/batches', '/batches']) {
        const { status, text } = await server.ask('POST', path, { body: { file, ...request } });
        assert.equal(status, 400, text);
      }
    });
  }

  for (const request of [
    { conf: { 'spark.master': 'local[100000000000000000]' } },
    { conf: elsewhere, executorMemory: '9999999999999999t', numExecutors: 100_000 },
    { conf: { 'spark.master': `local-cluster[0,${'9'.repeat(400)},1]` } },
  ]) {
    it(`don't hide what else there is: ${JSON.stringify(request)}`, async () => {
      const file = server.script('job.py', 'true');
      const { status, json } = await server.ask('POST', '/api/sparkdeck/v1/batches', {
        body: { file, ...request },
      });
      assert.equal(status, 201, JSON.stringify(json));
      assert.equal((await server.ask('GET', '/api/sparkdeck/v1/batches')).status, 200);
      assert.equal((await server.ask('GET', '/api/sparkdeck/v1/teams')).status, 200);
    });
  }
});
