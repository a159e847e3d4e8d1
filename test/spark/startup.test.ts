import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Value } from 'typebox/value';
import { readReportedErrors } from '../../server/batches/driverReport/readReportedErrors.ts';
import type { Batch, BatchRequest } from '../../server/protocol/batch.ts';
import { StartWay } from '../../server/protocol/timing.ts';
import type { Settings } from '../../server/protocol/settings.ts';
import { installTimeout } from './support/runtime.ts';
import { TestBackend } from './support/testBackend.ts';

/** Tells all that a program can see of how it was started, and then ends in one of several ways. */
const probe = `
import atexit, hashlib, json, os, select, signal, sys, threading, time, warnings
atexit.register(lambda: print("atexit ran", flush=True))
main = sys.modules["__main__"]
# What else is in it is nobody's business, and a failed comparison is printed.
def known(name, value):
    return value if name.startswith(("SPARK", "PYSPARK", "PYTHON", "JAVA", "OMP", "PWD")) else hashlib.sha256(value.encode()).hexdigest()[:8]
seen = {
    "argv": sys.argv, "file": __file__, "name": __name__, "cwd": os.getcwd(), "path": sys.path,
    "main": sorted(name for name in vars(main) if name.startswith("__")),
    "loader": type(__loader__).__name__, "spec": repr(__spec__), "package": repr(__package__), "cached": repr(__cached__),
    "environment": {name: known(name, value) for name, value in os.environ.items()}, "flags": repr(sys.flags), "executable": sys.executable, "umask": os.umask(0o22),
    "streams": [(each.encoding, each.errors, each.line_buffering, each.isatty()) for each in (sys.stdin, sys.stdout, sys.stderr)],
    "stdin": bool(select.select([0], [], [], 0)[0]),
    "signals": [repr(signal.getsignal(each)) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE, signal.SIGHUP)],
    "thread": threading.current_thread() is threading.main_thread(), "recursion": sys.getrecursionlimit(),
    "hooks": [sys.excepthook is sys.__excepthook__, sys.displayhook is sys.__displayhook__, sys.gettrace() is None],
    "traces": [name for name in ("sitecustomize", "driver_report") if name in sys.modules] + [each for each in sys.path_importer_cache if each.endswith("/startup")],
    "warnings": len(warnings.filters), "group": os.getpgrp() == os.getpgid(os.getppid()),
}
how = sys.argv[1]
if how == "spark":
    from pyspark.sql import SparkSession
    spark = SparkSession.builder.getOrCreate()
    sc = spark.sparkContext
    seen["conf"] = dict(sc.getConf().getAll())
    seen["runtime conf"] = {name: spark.conf.get(name) for name in ("spark.app.name", "spark.master", "spark.sql.shuffle.partitions")}
    seen["application"] = sc.appName
    seen["ids"] = [sc.parallelize([1]).id(), sc.statusTracker().getActiveJobsIds()]
    seen["sum"] = spark.range(10).selectExpr("sum(id)").collect()[0][0]
    seen["heap"] = sc._jvm.java.lang.Runtime.getRuntime().maxMemory() // 2**20
    seen["local"] = sc._jvm.org.apache.hadoop.fs.FileSystem.getLocal(sc._jsc.hadoopConfiguration()).getWorkingDirectory().toString()
    seen["default level"] = sc._jvm.org.apache.logging.log4j.LogManager.getRootLogger().getLevel().toString()
print("SEEN " + json.dumps(seen, sort_keys=True), flush=True)
def worker():
    time.sleep(0.3)
    print("thread ran", flush=True)
threading.Thread(target=worker).start()
def inner():
    raise ValueError("boom ü")
if how == "spark":
    try:
        {}["missing"]
    except KeyError:
        inner()
elif how == "message":
    sys.exit("a last word")
elif how == "hard":
    os._exit(5)
elif how == "signal":
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(30)
`;

const ways: readonly { way: string; settings: Settings; kind: StartWay['kind']; archive?: boolean }[] = [
  {
    way: 'by spark-submit',
    settings: { directLaunch: false, classSharing: false, warmDrivers: 0 },
    kind: 'plain',
  },
  {
    way: 'directly',
    settings: { classSharing: false, warmDrivers: 0 },
    kind: 'direct',
    archive: false,
  },
  { way: 'directly, with an archive', settings: { warmDrivers: 0 }, kind: 'direct', archive: true },
  { way: 'in a warm driver', settings: { warmDrivers: 1 }, kind: 'warm' },
];

describe('the ways to start a driver', function () {
  this.timeout(installTimeout);
  let backend: TestBackend;

  before(async () => {
    backend = await TestBackend.start();
  });
  after(async () => backend.stop());

  const run = async (request: BatchRequest): Promise<{ batch: Batch; way: StartWay; output: string }> => {
    const { id } = await backend.submit(request);
    const batch = await backend.end(id);
    const way = Value.Parse(StartWay, JSON.parse(readFileSync(join(batch.folder, 'start.json'), 'utf8')));
    return { batch, way, output: await backend.output(id) };
  };
  const warm = async (): Promise<void> => {
    while ((await backend.client.request('backend/status', {})).warmDrivers === 0) {
      await new Promise(resolve => setTimeout(resolve, 100));
    }
  };
  const request = (how: string): BatchRequest => ({
    file: backend.script("probe 'é' it.py", probe),
    args: [how, 'a b', '', '"q"', '--flag=1'],
    name: 'A name',
    driverCores: 2,
    conf: { 'spark.master': 'local[2]', 'spark.sql.shuffle.partitions': '3', 'spark.my.own': 'x = y' },
  });

  for (const how of ['spark', 'message', 'hard', 'signal']) {
    it(`all show a program the same, and end it alike (${how})`, async () => {
      const reports: string[] = [];
      for (const { way, settings, kind, archive } of ways) {
        await backend.client.request('settings/set', settings);
        if (kind === 'warm') {
          await run(request('message'));
          await warm();
        }
        const ran = await run(request(how));
        assert.equal(ran.way.kind, kind, `${way}: ${JSON.stringify(ran.way)}`);
        if (archive !== undefined) assert.equal(ran.way.archive, archive, way);
        reports.push(comparable(ran));
        const reported = readReportedErrors(ran.batch.folder)?.map(({ error }) => error.type);
        assert.deepEqual(reported, reportedOf[how], `${way}: the report of its end`);
      }
      await backend.client.request('settings/set', { warmDrivers: 0 });
      const [first, ...others] = reports;
      for (const [index, other] of others.entries()) {
        assert.equal(other, first, `${ways[index + 1]?.way} is not the same as ${ways[0]?.way}`);
      }
      assert.match(first ?? '', how === 'spark' ? /boom ü[^]*thread ran\natexit ran/ : /SEEN/);
    });
  }

  it('a script whose folder has modules by the name of loaded ones never runs in a warm driver', async () => {
    await backend.client.request('settings/set', { warmDrivers: 1 });
    backend.script('shadowing/calendar.py', 'def fiscal_year(month, year): return year + (month > 9)');
    // A folder without __init__ takes no module's place.
    backend.script('plain/calendar/notes.txt', '');
    const program = (importing: string): string => `from pyspark.sql import SparkSession
${importing}
print("count", SparkSession.builder.getOrCreate().range(3).count())`;
    const conf = { 'spark.master': 'local[1]' };
    const shadowing = {
      file: backend.script(
        'shadowing/job.py',
        program('from calendar import fiscal_year; print(fiscal_year(11, 2025))'),
      ),
      workingFolder: backend.workFolder,
      conf,
    };
    const plain = {
      file: backend.script('plain/job.py', program('from calendar import month_name; print(month_name[11])')),
      workingFolder: backend.workFolder,
      conf,
    };
    assert.equal((await run(plain)).output, 'November\ncount 3\n');
    await warm();
    const first = await run(shadowing);
    assert.equal(first.output, '2026\ncount 3\n', first.batch.reason);
    assert.equal(first.way.kind, 'direct');
    assert.match(first.way.why ?? '', /^calendar.py beside it has the name of a module/);
    assert.match(
      readFileSync(join(first.batch.folder, 'stderr.log'), 'utf8'),
      /^sparkdeck: started without the driver that was ready: calendar.py/,
    );
    const second = await run(shadowing);
    assert.equal(second.output, '2026\ncount 3\n', second.batch.reason);
    assert.match(second.way.why ?? '', /^calendar.py/);
    await run(plain);
    await warm();
    assert.deepEqual([(await run(plain)).output, (await run(plain)).way.kind].slice(0, 1), [
      'November\ncount 3\n',
    ]);
    await backend.client.request('settings/set', { warmDrivers: 0 });
  });
});

/** The errors that a driver reports at its end: none when it chose its exit code, nothing when it could not report. */
const reportedOf: Readonly<Record<string, string[] | undefined>> = {
  spark: ['ValueError', 'KeyError'],
  message: [],
  hard: undefined,
  signal: undefined,
};

/** What is of one run alone is taken out: its number, its ports, its times, its secrets. */
function comparable({ batch, output }: { batch: Batch; output: string }): string {
  const seen = /^SEEN (.*)$/m.exec(output)?.[1] ?? '{}';
  const report: Record<string, unknown> = JSON.parse(seen, (name: string, value: unknown): unknown =>
    ofOneRun.has(name) ? undefined : value,
  );
  return [
    JSON.stringify(report, undefined, 1),
    output.replace(seen, ''),
    `${batch.state} ${batch.exitCode} ${batch.reason}`,
  ]
    .join('\n')
    .replaceAll(batch.folder, 'FOLDER')
    .replaceAll(/"[^"]*\/scratch\/spark-[\w-]+\/userFiles-[\w-]+"/g, '"FILES"');
}

const ofOneRun: ReadonlySet<string> = new Set([
  'PYSPARK_GATEWAY_PORT',
  'PYSPARK_GATEWAY_SECRET',
  // Of a warm driver's own folder.
  'SPARKDECK_LAUNCH',
  // Of whatever shell was last on the way.
  '_',
  'SHLVL',
  'OLDPWD',
  'spark.app.id',
  'spark.app.startTime',
  'spark.app.submitTime',
  'spark.driver.port',
  'spark.ui.port',
]);
