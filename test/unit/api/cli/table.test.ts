import assert from 'node:assert/strict';
import { formatFields, formatTable } from '../../../../server/api/cli/format/table.ts';
import { plain } from '../../../../server/api/cli/output.ts';
import { markStyle, toTerminal } from '../../../../server/api/cli/styles.ts';

describe('formatTable', () => {
  it('aligns columns and leaves no spaces at the ends of lines', () => {
    const text = formatTable(
      [{ title: 'ID', align: 'right' }, { title: 'STATE' }, { title: 'NAME' }],
      [
        ['1', 'success', 'a'],
        ['12', 'dead', ''],
      ],
      plain,
    );
    assert.deepEqual(text.split('\n'), ['ID  STATE    NAME', ' 1  success  a', '12  dead']);
  });

  it('does not count styles as width', () => {
    const text = formatTable(
      [{ title: 'A' }, { title: 'B' }],
      [
        [markStyle('\x1b[32m\n\x1b[39m', 'ok'), 'x'],
        ['long', 'y'],
      ],
      plain,
    );
    assert.deepEqual(toTerminal(text).split('\n'), ['A     B', '\x1b[32mok\x1b[39m    x', 'long  y']);
  });
});

describe('formatFields', () => {
  it('leaves out what has no value, and aligns the rest', () => {
    const text = formatFields(
      [
        ['State', 'dead'],
        ['Reason', undefined],
        ['Exit code', '1'],
        ['Class', ''],
      ],
      plain,
    );
    assert.deepEqual(text.split('\n'), ['State      dead', 'Exit code  1']);
  });
});
