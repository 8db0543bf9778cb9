// Counts what vitest's JSON reports say. `failing REPORT` prints the files with a failure, one a line; `summary REPORT
// [AGAIN]` prints "passed failed skipped needless" and, as remarks, what failed, was skipped, or passed only when it was
// run again. A file that failed before its first test counts as one failed test.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

const [what, ...reports] = process.argv.slice(2);
const [first, again] = reports.map((file) => JSON.parse(readFileSync(file, 'utf8')).testResults);

const failedIn = (file) => file.assertionResults.filter((test) => test.status === 'failed');
const isFailed = (file) => file.status === 'failed' || failedIn(file).length > 0;
const remark = (words) => console.error(`ci: ${words}`);

if (what === 'failing') {
  const files = new Set(first.filter(isFailed).map((file) => relative(process.cwd(), file.name)));
  for (const file of files) console.log(file);
} else {
  // A file may run in several projects: all of its runs are counted anew when it was run again.
  const second = new Set((again ?? []).map((file) => file.name));
  const counted = [...first.filter((file) => !second.has(file.name)), ...(again ?? [])];
  for (const file of first.filter((file) => second.has(file.name) && isFailed(file))) {
    const names = failedIn(file).map((test) => test.fullName);
    const passed = again.filter((other) => other.name === file.name).every((other) => !isFailed(other));
    for (const name of names.length > 0 ? names : ['before its first test'])
      remark(
        `failed beside the others, ${passed ? 'passed' : 'failed as well'} when run again alone: ${relative(process.cwd(), file.name)}: ${name}`,
      );
  }
  const tests = counted.flatMap((file) => file.assertionResults);
  const broken = counted.filter((file) => file.status === 'failed' && failedIn(file).length === 0);
  for (const file of broken) remark(`failed as a whole: ${file.name}`);
  const passed = tests.filter((test) => test.status === 'passed').length;
  const failed = tests.filter((test) => test.status === 'failed').length + broken.length;
  const skipped = tests.filter((test) => !['passed', 'failed'].includes(test.status));
  for (const test of skipped) remark(`skipped: ${test.fullName}`);
  const needless = skipped.filter((test) => !test.fullName.includes('[cannot run here: '));
  console.log(passed, failed, skipped.length, needless.length);
}
