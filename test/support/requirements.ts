// Runs a group of tests that needs real systems, or skips it and says why; on CI a missing system is a failure.
import { describe, it } from 'vitest';
import { type Environment, look, type Requirement } from './real-programs.ts';

export { look, programOf, type Requirement } from './real-programs.ts';

/** True where everything must run: there a missing requirement is a failure, not a skip. */
export function nothingMaySkip(env: Environment = process.env): boolean {
  return env.HANDRAIL_CI === '1' || env.CI === 'true' || env.CI === '1';
}

/**
 * A `describe` that needs real systems. Where one is missing, its tests are skipped and the printed name says why;
 * on CI (`HANDRAIL_CI=1` or `CI=true`) they fail instead, unless this machine itself does not allow it (no namespaces). The body is collected even when skipped: look programs up
 * (`programOf`) inside hooks and tests, not in the body itself.
 */
export function describeWith(needs: readonly Requirement[], name: string, body: () => void): void {
  const missing = needs.flatMap((need) => {
    const seen = look(need);
    return seen.available ? [] : [{ need, ...seen }];
  });
  const reasons = missing.map(({ need, reason }) => `${need}: ${reason}`);
  if (reasons.length === 0) {
    describe(name, body);
    return;
  }
  const reason = reasons.join('; ');
  const never = missing.every((one) => one.never === true);
  if (nothingMaySkip() && !never) {
    describe(name, () => {
      it('has what it needs', () => {
        throw new Error(`cannot run here: ${reason}`);
      });
    });
    return;
  }
  tellOnce(reason);
  describe.skip(`${name} [${never ? 'cannot run here' : 'skipped'}: ${reason}]`, body);
}

const told = new Set<string>();

function tellOnce(reason: string): void {
  if (told.has(reason)) return;
  told.add(reason);
  process.stderr.write(`skipped: ${reason}\n`);
}
