import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { leadsTo } from '../../../server/clusters/addresses.ts';

const master = 'spark://127.0.0.1:7077';

describe('clusters/addresses', () => {
  for (const [place, wanted] of [
    [master, true],
    ['spark://localhost:7077', true],
    ['spark://LocalHost:07077', true],
    ['spark://127.1:7077', true],
    ['spark://127.8.9.10:7077', true],
    ['spark://0:7077', true],
    ['spark://2130706433:7077', true],
    ['spark://[::1]:7077', true],
    ['spark://[::ffff:127.0.0.1]:7077', true],
    ['spark://127.0.0.1:9,127.0.0.1:7077', true],
    ['spark://127.0.0.1:7077,127.0.0.1:9', true],
    ['spark://127.0.0.1:7078', false],
    ['spark://192.0.2.1:7077', false],
    ['spark://127.0.0.1', false],
    ['local[2]', false],
    ['yarn', false],
    ['spark://a\0b:7077', false],
    ['', false],
  ] as const) {
    it(`${wanted ? 'sees' : "doesn't see"} that ${place || 'nothing'} is ${master}`, async () => {
      assert.equal(await leadsTo(place, master), wanted);
    });
  }

  it("knows this machine's own addresses", async () => {
    const addresses = Object.values(networkInterfaces()).flatMap(found => found ?? []);
    for (const { address, family } of addresses.filter(each => !each.address.startsWith('fe80'))) {
      const host = family === 'IPv6' ? `[${address}]` : address;
      assert.equal(await leadsTo(`spark://${host}:7077`, master), true, host);
    }
  });

  it('compares hosts elsewhere by their names', async () => {
    assert.equal(await leadsTo('spark://spark-master.invalid:1', 'spark://spark-master.invalid:1'), true);
    assert.equal(await leadsTo('spark://spark-master.invalid:1', 'spark://other.invalid:1'), false);
  });

  it('compares web pages', async () => {
    assert.equal(await leadsTo('http://localhost:8080/', 'http://127.0.0.1:8080'), true);
  });
});
