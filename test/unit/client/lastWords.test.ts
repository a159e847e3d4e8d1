import assert from 'node:assert/strict';
import { lastMessage, lastWords } from '../../../server/client/lastWords.ts';

describe('client/lastWords', () => {
  const cases: [string, string, string][] = [
    ['nothing', '', ''],
    ['a line with its time', '2026-01-02T03:04:05.678Z cannot start: no\n', 'cannot start: no'],
    ['blank lines after it', 'one\ntwo\n\n', 'two'],
    [
      "Node's report of an error",
      'node:internal/x:1\n  throw it\n\nError [ERR_X]: No such module: node:sqlite\n    at y\n\nNode.js v20.1.0\n',
      'Error [ERR_X]: No such module: node:sqlite',
    ],
    ['only its version', 'Node.js v20.1.0\n', 'Node.js v20.1.0'],
  ];
  for (const [what, log, message] of cases) {
    it(what, () => assert.equal(lastMessage(log), message));
  }

  it('a log that is not there', () => assert.equal(lastWords('/none/backend.log'), ''));
});
