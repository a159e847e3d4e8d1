import type { TSchema } from 'typebox';
import {
  Batch,
  BatchHistory,
  BatchProgress,
  BatchRequest,
  JobProgress,
  Problem,
  StageProgress,
} from '../../protocol/batch.ts';
import {
  Application,
  Cluster,
  ClusterDetail,
  ClusterRequest,
  ClusterSpec,
  Worker,
} from '../../protocol/cluster.ts';
import { LogReadResult, LogSearchResult } from '../../protocol/log.ts';
import { ApplicationMetrics, Executor, Hint, StageMetrics } from '../../protocol/metrics.ts';
import { DoctorReport, Java, Python, Runtime, RuntimePreference, Spark } from '../../protocol/runtime.ts';
import { Settings } from '../../protocol/settings.ts';
import { AuditEntry, NewToken, Quota, Team, Token } from '../../protocol/team.ts';
import { BatchTiming, StartWay, TimingStep } from '../../protocol/timing.ts';
import { Upload } from '../../protocol/upload.ts';
import { DclusterLaunch, DclusterStatus } from './dcluster/schemas.ts';
import {
  FastapiApp,
  FastapiClusterStatus,
  FastapiError,
  FastapiResult,
  FastapiSubmit,
  FastapiWorker,
} from './fastapi/schemas.ts';
import { NativeFailure } from './native/nativeFailure.ts';
import { LivyBatch, LivyMessage, LivyRequest } from './livy/schemas.ts';
import {
  PlatformCluster,
  PlatformClusterRequest,
  PlatformError,
  PlatformJob,
  PlatformJobRequest,
  PlatformLogs,
  PlatformNewCluster,
} from './platform/schemas.ts';

/** Those that stand in the OpenAPI document by their name, once. */
export const namedSchemas: Readonly<Record<string, TSchema>> = {
  Application,
  ApplicationMetrics,
  AuditEntry,
  Batch,
  BatchHistory,
  BatchProgress,
  BatchRequest,
  BatchTiming,
  Cluster,
  ClusterDetail,
  ClusterRequest,
  ClusterSpec,
  DclusterLaunch,
  DclusterStatus,
  DoctorReport,
  Executor,
  Failure: NativeFailure,
  FastapiApp,
  FastapiClusterStatus,
  FastapiError,
  FastapiResult,
  FastapiSubmit,
  FastapiWorker,
  Hint,
  Java,
  JobProgress,
  LivyBatch,
  LivyMessage,
  LivyRequest,
  LogReadResult,
  LogSearchResult,
  NewToken,
  PlatformCluster,
  PlatformClusterRequest,
  PlatformError,
  PlatformJob,
  PlatformJobRequest,
  PlatformLogs,
  PlatformNewCluster,
  Problem,
  Python,
  Quota,
  Runtime,
  RuntimePreference,
  Settings,
  Spark,
  StageMetrics,
  StageProgress,
  StartWay,
  Team,
  TimingStep,
  Token,
  Upload,
  Worker,
};
