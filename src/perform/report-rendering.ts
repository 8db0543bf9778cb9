/** The thread of report-thread.ts: renders what it is given, answers, ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { report } from '../report/report.ts';
import { cleanEvents } from './clean-events.ts';
import type { RenderTask } from './report-thread.ts';

const { events, options } = workerData as RenderTask;
parentPort?.postMessage(report(cleanEvents(events), options));
