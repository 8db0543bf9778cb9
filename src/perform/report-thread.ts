/** Renders a report beside the work: on the main thread 10,000 lines would hold up every acknowledgement for a second. */
import { Worker } from 'node:worker_threads';
import type { Event } from '../incidents/events.ts';
import type { ReportOptions } from '../report/report.ts';
import type { Reviewed } from '../report/reviewed.ts';
import type { ReviewTask } from './report-review.ts';

export interface Rendered {
  readonly markdown: string;
  readonly fileName: string;
}

/** What the thread is given. With `review` it answers with the review, without it with the report alone. */
export interface RenderTask {
  readonly events: readonly Event[];
  readonly options: ReportOptions;
  readonly review?: Pick<ReviewTask, 'now' | 'others'>;
}

/** ms after which rendering is given up; 10,000 lines take about 1.5 s (docs/benchmarks.md). */
const LIMIT_MS = 60_000;

/** The same bytes as `finishedReport` gives. Rejects with what the rendering threw, or when it does not end. */
export const renderReport = (events: readonly Event[], options: ReportOptions): Promise<Rendered> =>
  inThread<Rendered>({ events, options });

/** The same as `reviewReport` gives. Rejects as `renderReport` does. */
export const reviewInThread = ({ events, options, now, others }: ReviewTask): Promise<Reviewed> =>
  inThread<Reviewed>({ events, options, review: { now, others } });

function inThread<T>(task: RenderTask): Promise<T> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL('./report-rendering.ts', import.meta.url), { workerData: task });
    const timer = setTimeout(() => {
      reject(new Error(`the report was not rendered within ${LIMIT_MS / 1000} s`));
      void thread.terminate();
    }, LIMIT_MS);
    thread.once('message', (rendered: T) => resolve(rendered));
    thread.once('error', (error) => reject(error instanceof Error ? error : new Error(String(error))));
    thread.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`the rendering of the report ended with ${code}`));
    });
  });
}
