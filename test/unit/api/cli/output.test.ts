import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { formatBatch, formatBatches, formatEnding } from '../../../../server/api/cli/format/batch.ts';
import { formatProblems } from '../../../../server/api/cli/format/problems.ts';
import { Output, type Terminal } from '../../../../server/api/cli/output.ts';
import type { Batch } from '../../../../server/protocol/batch.ts';

class Sink extends Writable {
  readonly isTTY: boolean;
  readonly columns = 200;
  written = Buffer.alloc(0);

  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }

  /** As a terminal says that it knows colours. */
  getColorDepth(): number {
    return this.isTTY ? 8 : 1;
  }

  override _write(piece: Buffer, _encoding: string, done: () => void): void {
    this.written = Buffer.concat([this.written, piece]);
    done();
  }
}

const evil = '\u001B[2J\u001B]0;x\u0007\r\u009B1m\u202Eevil\u2066\nBatch 9 fake';
const batch: Batch = {
  id: 1,
  name: evil,
  request: { file: `/w/${evil}.py`, args: [evil, '\u001B[31m'], conf: { [evil]: evil } },
  cluster: evil,
  state: 'dead',
  reason: evil,
  transitions: [{ state: 'dead', at: 0 }],
  folder: '/d/1',
  revision: 1,
};
const problem = { file: evil, line: 1, message: evil, frames: [{ file: evil, line: 2, name: evil }] };

function print(isTTY: boolean, work: (output: Output) => Promise<unknown>, json = false): Promise<string> {
  const sink: Terminal & Sink = new Sink(isTTY);
  return work(new Output(sink, sink, json)).then(() => sink.written.toString());
}
/** What a terminal would obey, our own colours aside. */
const commands = (text: string): string[] => text.replaceAll(ownColour, '').match(commanding) ?? [];
const ownColour = new RegExp(String.raw`\u001B\[\d\d?m`, 'g');
const commanding = new RegExp(
  String.raw`[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]`,
  'g',
);

describe('what the command line prints', () => {
  const texts: [what: string, text: (output: Output) => string][] = [
    ['a list', ({ paint }) => formatBatches([batch], 0, paint)],
    ['a batch', ({ paint }) => formatBatch(batch, undefined, 0, paint)],
    ['an ending', ({ paint }) => formatEnding(batch, paint)],
    ['problems', ({ paint }) => formatProblems(batch, [problem], paint)],
    ['that there are none', ({ paint }) => formatProblems(batch, [], paint)],
    ['a message', () => evil],
  ];
  for (const [what, text] of texts) {
    it(`has nothing from elsewhere that a terminal would obey: ${what}`, async () => {
      for (const isTTY of [true, false]) {
        const printed = await print(isTTY, output => output.print(text(output)));
        assert.deepEqual(commands(printed), []);
        assert.ok(printed.includes(String.raw`\x1b[2J`) || what === 'that there are none', printed);
        const noted = await print(isTTY, output => output.note(text(output)));
        assert.deepEqual(commands(noted), []);
      }
    });
  }

  it('has one line for each batch, whatever its name is', async () => {
    const printed = await print(true, output => output.print(formatBatches([batch], 0, output.paint)));
    assert.equal(printed.trimEnd().split('\n').length, 2);
  });

  it('shows them in the line that is written over, too', async () => {
    const printed = await print(true, async output => output.live.set(`Batch ${evil}`));
    assert.deepEqual(commands(printed), []);
  });

  it('has them as escapes in JSON', async () => {
    const printed = await print(true, output => output.document(batch), true);
    assert.deepEqual(commands(printed), []);
    assert.deepEqual(JSON.parse(printed), batch);
    const line = await print(true, output => output.event(batch), true);
    assert.deepEqual([commands(line), JSON.parse(line)], [[], batch]);
  });

  it("leaves a program's own output as it is", async () => {
    const printed = await print(true, async output => output.write('stdout', Buffer.from(evil)));
    assert.equal(printed, evil);
  });
});
