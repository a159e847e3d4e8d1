import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { fit } from '../../../../server/api/cli/liveLine.ts';
import { markStyle } from '../../../../server/api/cli/styles.ts';
import { Output } from '../../../../server/api/cli/output.ts';

const erase = '\r\x1b[2K';

/** Two streams that write into one text, as stdout and stderr do in one terminal. */
function terminal(isTTY: boolean): { stdout: PassThrough; stderr: PassThrough; text: () => string } {
  let text = '';
  const stream = (): PassThrough => {
    const made = Object.assign(new PassThrough(), { isTTY, columns: 20 });
    made.on('data', chunk => (text += String(chunk)));
    return made;
  };
  return { stdout: stream(), stderr: stream(), text: () => text };
}

describe('the live line', () => {
  it('makes room for what is printed and comes back below it', async () => {
    const { stdout, stderr, text } = terminal(true);
    const output = new Output(stdout, stderr, false);
    output.live.set('one');
    await output.print('printed');
    output.live.clear();
    assert.equal(text(), `one${erase}printed\none${erase}`);
  });

  it('waits while a line of the output is unfinished', async () => {
    const { stdout, stderr, text } = terminal(true);
    const output = new Output(stdout, stderr, false);
    await output.write('stdout', 'half');
    output.live.set('one');
    assert.equal(text(), 'half');
    await output.write('stdout', ' done\n');
    assert.equal(text(), 'half done\none');
  });

  it('shows nothing on a pipe, and nothing with --json', async () => {
    const pipe = terminal(false);
    new Output(pipe.stdout, pipe.stderr, false).live.set('one');
    assert.equal(pipe.text(), '');
    const json = terminal(true);
    new Output(json.stdout, json.stderr, true).live.set('one');
    assert.equal(json.text(), '');
  });

  it('is cut to the width of the terminal', () => {
    assert.equal(fit('12345', 5), '12345');
    assert.equal(fit('123456', 5), '1234…');
    const styled = markStyle('\x1b[32m\n\x1b[39m', '12345');
    assert.equal(fit(styled, 5), styled);
    assert.equal(fit('\x1b1234', 5), '\\x1b…');
    assert.equal(fit('1', 0), '');
  });
});
