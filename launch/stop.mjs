/** Ends a start that cannot go on: the reason in words on standard error, exit code 2. */

/** A reason that a person can do something about. */
export class CannotLaunch extends Error {}

/** Runs `work`; a CannotLaunch becomes its message and exit code 2, without a stack. */
export async function inWords(work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof CannotLaunch)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  }
}
