import assert from 'node:assert/strict';
import { formatCluster, formatClusters, formatSize } from '../../../../server/api/cli/format/cluster.ts';
import { formatDoctorReport, formatInstallProgress } from '../../../../server/api/cli/format/doctor.ts';
import { plain } from '../../../../server/api/cli/output.ts';
import type { Cluster } from '../../../../server/protocol/cluster.ts';
import type { DoctorReport } from '../../../../server/protocol/runtime.ts';

const cluster: Cluster = {
  id: 1,
  spec: { name: 'demo', provider: 'local', workers: 2, workerCores: 4, workerMemory: '2g' },
  state: 'running',
  createdAt: 0,
  masterUrl: 'spark://127.0.0.1:7077',
  uiUrl: 'http://127.0.0.1:8080',
  revision: 1,
};

describe('formatting of clusters', () => {
  it('lists them with all their cores', () => {
    const [, line] = formatClusters([cluster], plain).split('\n');
    assert.match(line ?? '', /^demo  running +2 +8  2 x 2g  spark:\/\/127\.0\.0\.1:7077  http:\S+$/);
  });

  it('gives the reason of a failed one where the addresses would be', () => {
    const failed: Cluster = { ...cluster, state: 'failed', reason: 'Port 7077 is taken.' };
    assert.match(formatClusters([failed], plain), /failed .* Port 7077 is taken\.$/);
  });

  it('shows workers and applications', () => {
    const text = formatCluster(
      cluster,
      {
        masterState: 'ALIVE',
        workers: [
          {
            id: 'worker-1',
            host: '127.0.0.1',
            port: 4711,
            uiUrl: 'http://127.0.0.1:8081',
            cores: 4,
            coresUsed: 2,
            memory: 2048,
            memoryUsed: 1024,
            state: 'ALIVE',
          },
        ],
        active: [],
        completed: [
          {
            id: 'app-1',
            name: 'Word count',
            user: 'u',
            cores: 2,
            memoryPerExecutor: 1024,
            state: 'FINISHED',
            startedAt: 0,
            duration: 5300,
            batchId: 3,
          },
        ],
      },
      plain,
    );
    assert.match(text, /^127\.0\.0\.1:4711  ALIVE +2\/4  1024\/2048 MiB  http:\/\/127\.0\.0\.1:8081$/m);
    assert.match(text, /^app-1 +FINISHED +2 .* 5\.3 s +3  Word count$/m);
  });

  it('says sizes as a person would', () => {
    const one = { spec: { ...cluster.spec, workers: 1, workerCores: 1 } };
    assert.equal(formatSize(one), '1 worker with 1 core and 2g');
    assert.equal(formatSize(cluster), '2 workers with 4 cores and 2g each');
  });
});

describe('formatting of what doctor found', () => {
  const nothing: DoctorReport = {
    javas: [],
    pythons: [],
    sparks: [],
    findings: [
      {
        level: 'error',
        subject: 'java',
        message: 'There is no Java.',
        advice: 'Install it:\napt-get install X',
      },
    ],
    machine: { platform: 'linux', cores: 1, memory: 3 * 1024 ** 3 },
  };

  it('says that nothing is there, what to do, and that it is not ready', () => {
    const text = formatDoctorReport(nothing, plain);
    assert.match(text, /^linux, 1 core, 3\.0 GiB of memory$/m);
    assert.match(text, /^error: There is no Java\.\n {2}Install it:\n {2}apt-get install X$/m);
    assert.match(text, /^Not ready:/m);
    assert.doesNotMatch(text, /runtime install/);
  });

  it('names the command that would install Spark', () => {
    const text = formatDoctorReport({ ...nothing, installable: '4.3.0' }, plain);
    assert.match(text, /Spark 4\.3\.0 can be installed: sparkdeck runtime install$/m);
  });

  it('names what batches start with', () => {
    const java = { home: '/java', version: 17, fullVersion: '17.0.15', source: 'PATH' };
    const python = { path: '/python3', version: '3.11.2', source: 'PATH' };
    const spark = { home: '/spark', version: '4.3.0', source: 'managed' as const };
    const text = formatDoctorReport(
      {
        ...nothing,
        findings: [],
        javas: [java],
        pythons: [python],
        sparks: [spark],
        runtime: { java, python, spark },
      },
      plain,
    );
    assert.match(text, /^Java +17\.0\.15 +\/java +PATH$/m);
    assert.match(text, /^Ready\. Batches start with:\nSpark +4\.3\.0 {2}\/spark$/m);
  });

  it('says how far an install is', () => {
    assert.equal(
      formatInstallProgress({ step: 'download', message: 'Downloading Spark 4.3.0', fraction: 0.428 }),
      'Downloading Spark 4.3.0  42%',
    );
    assert.equal(formatInstallProgress({ step: 'venv', message: 'Making it' }), 'Making it');
  });
});
