import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { shadowedModule } from '../../../server/startup/shadowedModule.ts';

describe('startup/shadowedModule', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sparkdeck-shadow-'));
    write('job.py');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (name: string): string => {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '');
    return file;
  };
  const modules = { loaded: new Set(['calendar', 'pyspark', 'json']), absent: new Set(['numpy']) };
  const why = (script = 'job.py', files: string[] = []): string | undefined =>
    shadowedModule(join(folder, script), files, modules);

  for (const name of [
    'calendar.py',
    'calendar.pyc',
    'calendar.so',
    'calendar.cpython-313-x86_64-linux-gnu.so',
    'calendar.abi3.so',
    'json/__init__.py',
    'pyspark/__init__.cpython-313-x86_64-linux-gnu.so',
    'numpy.py',
    'numpy/array.py',
  ])
    it(`is ${name} beside the script`, () => {
      write(name);
      assert.match(why() ?? '', new RegExp(`^${name.split('/')[0]} beside it has the name of a module`));
    });

  for (const name of [
    'other.py',
    'other/__init__.py',
    'json/data.json',
    'calendar/lib/calendar.py',
    'calendar.txt',
    'calendar.zip',
    'calendar_of_events.py',
    '__pycache__/calendar.cpython-313.pyc',
  ])
    it(`is not ${name}`, () => {
      write(name);
      assert.equal(why(), undefined);
    });

  it('is the script itself, when it has such a name', () => {
    write('calendar.py');
    assert.match(why('calendar.py') ?? '', /^calendar\.py/);
  });

  it('is looked for in the folder of the real script, and through links', () => {
    write('other/json.py');
    write('other/job.py');
    write('other/package/__init__.py');
    mkdirSync(join(folder, 'linked'));
    symlinkSync(join(folder, 'other', 'job.py'), join(folder, 'linked', 'job.py'));
    assert.match(why('linked/job.py') ?? '', /^json\.py/);
    symlinkSync(join(folder, 'other', 'package'), join(folder, 'pyspark'));
    assert.match(why() ?? '', /^pyspark/);
  });

  it('is a file that Spark puts on the path', () => {
    assert.match(why('job.py', ['/data/calendar.py']) ?? '', /^calendar\.py/);
    assert.match(why('job.py', ['/data/x.py#json.py']) ?? '', /^json\.py/);
    assert.equal(why('job.py', ['/data/calendar.csv']), undefined);
  });

  it('can not be told where the folder is gone', () => {
    assert.match(why('gone/job.py') ?? '', /can't be read: /);
  });
});
