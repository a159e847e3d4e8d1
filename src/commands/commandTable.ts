import { clearJobs } from './clearJobs.ts';
import { copyApplicationId, copyError, copyJobId, copyLaunchCommand, copyMasterUrl } from './copy.ts';
import { doctor } from './doctor.ts';
import { installSpark } from './installSpark.ts';
import { killJob } from './killJob.ts';
import { moveJobToFront } from './moveJobToFront.ts';
import { openJobFile, openOutputFile, openSparkLogFile } from './openFiles.ts';
import { openLog } from './openLog.ts';
import { openClusterPage, openSparkUi, openWorkerPage } from './openPages.ts';
import { reconnect } from './reconnect.ts';
import { refresh } from './refresh.ts';
import { removeCluster } from './removeCluster.ts';
import { removeJob } from './removeJob.ts';
import { rerunJob, rerunJobWith } from './rerunJob.ts';
import { searchOutput } from './searchOutput.ts';
import type { Command } from './services.ts';
import { showBackendLog } from './showBackendLog.ts';
import { showJobOfApplication, showJobs, showOlderJobs } from './showJobs.ts';
import { showJobProblems } from './showJobProblems.ts';
import { startClusterCommand } from './startCluster.ts';
import { stopCluster } from './stopCluster.ts';
import { submitFileCommand, submitFileWith, submitSelected, submitSelectedWith } from './submitFile.ts';
import { hideSparkLog, showSparkLog } from './toggleSparkLog.ts';

/** Every command of the manifest. */
export const commandTable: readonly Command[] = [
  submitFileCommand,
  submitFileWith,
  submitSelected,
  submitSelectedWith,
  startClusterCommand,
  stopCluster,
  removeCluster,
  killJob,
  moveJobToFront,
  rerunJob,
  rerunJobWith,
  removeJob,
  clearJobs,
  openLog,
  searchOutput,
  openSparkUi,
  openClusterPage,
  openWorkerPage,
  openOutputFile,
  openSparkLogFile,
  openJobFile,
  showJobProblems,
  showJobs,
  showJobOfApplication,
  showOlderJobs,
  copyJobId,
  copyApplicationId,
  copyLaunchCommand,
  copyError,
  copyMasterUrl,
  showSparkLog,
  hideSparkLog,
  doctor,
  installSpark,
  showBackendLog,
  reconnect,
  refresh,
];
