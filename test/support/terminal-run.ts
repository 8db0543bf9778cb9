/** A terminal run in a process of its own, with short leases, for tests that kill or freeze it. */
import { runRunbook } from '../../src/cli/runbook-run.ts';
import { openSession, readConfig } from '../../src/cli/session.ts';
import { losing } from './losing-bells.ts';

const warn = (line: string) => process.stderr.write(`${line}\n`);
const config = await readConfig(process.env, warn);
const session = await openSession({ config, warn, times: { leaseMs: 1500, pollMs: 100 } });
// In place: the door rings these very bells.
if (process.env.LOSE_BELLS) Object.assign(session.bells, losing({ ...session.bells }));
const { RUN_DEPLOYMENT = 'utility', RUN_REPLICAS = '1', RUN_NAMESPACE = 'default' } = process.env;
process.exitCode = await runRunbook(
  session,
  {
    id: 'scale-utility-pod',
    params: { deployment: RUN_DEPLOYMENT, replicas: RUN_REPLICAS },
    namespace: RUN_NAMESPACE,
    json: true,
    yes: true,
    // One at a time, so that the boundaries come in the same order in every run.
    concurrency: 1,
  },
  (line) => process.stdout.write(`${line}\n`),
  warn,
);
await session.close();
