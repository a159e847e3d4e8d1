import type { Command } from './services.ts';
import { anyBatch, batchOf } from './subjects.ts';

export const openLog: Command = {
  id: 'sparkdeck.openLog',
  async run(services, arg) {
    services.logs.show(await batchOf(services, arg, anyBatch()), { focus: true });
  },
};
