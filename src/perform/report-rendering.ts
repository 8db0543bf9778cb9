/** The thread of report-thread.ts: renders what it is given, answers, ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { finishedReport, reviewReport } from './report-review.ts';
import type { RenderTask } from './report-thread.ts';

const task = workerData as RenderTask;
parentPort?.postMessage(
  task.review ? reviewReport({ ...task, ...task.review }) : finishedReport(task.events, task.options),
);
