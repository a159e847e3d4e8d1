import { faultPoints } from '../../server/process/faults.ts';
import { installTimeout } from '../spark/support/runtime.ts';
import { ChaosBackend } from './support/chaosBackend.ts';
import { inForm } from './support/form.ts';

describe('chaos: the backend killed with -9', function () {
  this.timeout(90 * 60_000);
  let backend: ChaosBackend;

  before(async function () {
    this.timeout(installTimeout);
    backend = await ChaosBackend.make();
  });
  after(async () => backend.stop());

  const kills = faultPoints.filter(point => point.startsWith('kill.'));
  // A batch is only handed over where a driver is warm; see warm.test.ts.
  const others = faultPoints.filter(point => !point.startsWith('kill.') && point !== 'launch.handed');

  for (const point of others) {
    it(`at ${point}`, async () => {
      for (let round = 0; round < inForm(1, 6); round++) {
        const code = round % 2 === 0 ? 0 : 3;
        const key = backend.newKey();
        await backend.armed(point);
        const { id } = await backend.submit(key, {
          code,
          leaving: point.startsWith('run.') && point !== 'run.identified',
          spark: point === 'run.identified',
          seconds: round % 3,
        });
        await backend.judge(`backend at ${point}`, key, id, code === 0 ? ['success'] : ['dead']);
      }
    });
  }

  for (const point of kills) {
    it(`at ${point}`, async () => {
      for (let round = 0; round < inForm(1, 6); round++) {
        const key = backend.newKey();
        await backend.armed(point);
        const { id } = await backend.submit(key, { seconds: 600 });
        // In the even rounds the program has begun, in the odd ones it is killed while it starts.
        if (round % 2 === 0)
          while (backend.runs(key) === 0) await new Promise(resolve => setTimeout(resolve, 50));
        await backend.request('batch/kill', { id });
        await backend.judge(`backend at ${point}`, key, id, ['killed'], [0, 1]);
      }
    });
  }

  it('at random moments, and again before it has recovered', async () => {
    for (let round = 0; round < inForm(3, 40); round++) {
      const key = backend.newKey();
      const code = round % 2 === 0 ? 0 : 3;
      const { id } = await backend.submit(key, { code, spark: round % 4 === 0, seconds: Math.random() });
      for (let again = 0; again <= round % 3; again++) {
        await new Promise(resolve => setTimeout(resolve, Math.random() * (again === 0 ? 6000 : 300)));
        await backend.crash();
      }
      await backend.judge('backend at a random moment', key, id, code === 0 ? ['success'] : ['dead']);
    }
  });
});
