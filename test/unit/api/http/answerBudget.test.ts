import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get, type ServerResponse } from 'node:http';
import { AnswerBudget } from '../../../../server/api/http/answerBudget.ts';

describe('the budget of large answers', () => {
  it('keeps no room for a client that went before its answer was made', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    try {
      await once(server, 'listening');
      const address = server.address();
      assert.ok(typeof address === 'object' && address);
      const client = get({ port: address.port, host: '127.0.0.1' });
      client.on('error', () => undefined);
      const response = await new Promise<ServerResponse>(resolve =>
        server.once('request', (_, each) => resolve(each)),
      );
      const closed = once(response, 'close');
      client.destroy();
      await closed;
      const budget = new AnswerBudget();
      // Together more than there is room for.
      for (let n = 0; n < 10; n++) budget.take(10 * 1024 ** 2, response);
    } finally {
      server.close();
    }
  });
});
