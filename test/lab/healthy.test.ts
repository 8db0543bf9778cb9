// A healthy lab with one failover: what the cluster and Patroni do by themselves is nobody's question.
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { takeSnapshot } from '../../src/actions/kubernetes/snapshot/take.ts';
import { difference } from '../../src/incidents/baseline/diff.ts';
import type { Snapshot } from '../../src/incidents/baseline/snapshot.ts';
import { whatChanged } from '../../src/incidents/baseline/words.ts';
import { waitUntil } from '../support/control-plane/waiting.ts';
import { type Lab, openLab } from '../support/lab/lab.ts';
import { MEMBERS } from '../support/lab/world/patroni.ts';
import { describeWith } from '../support/requirements.ts';

/** Minutes that it is watched; a comparison each tenth of them. `HANDRAIL_HEALTHY_MINUTES=30` is the long form. */
const MINUTES = Number(process.env.HANDRAIL_HEALTHY_MINUTES ?? 3);
const LOOKS = 10;
const PATIENCE = MINUTES * 60_000 + 240_000;

describeWith(['lab', 'kubectl'], `a healthy lab, ${MINUTES} minutes with one failover`, () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await openLab();
  }, 180_000);
  afterAll(() => lab?.close(), 60_000);

  const take = (): Promise<Snapshot> =>
    takeSnapshot(
      {
        reach: {
          kubernetes: async () => lab.config,
          catalog: { systems: [] },
          podAddress: () => undefined,
          secret: () => undefined,
        },
        signal: AbortSignal.timeout(60_000),
        namespace: lab.namespace,
        now: () => new Date(),
      },
      'a key of this test',
    );

  /** Another member leads, and the old leader's pod is gone from one moment to the next; it comes back by itself. */
  async function failOver(leader: string): Promise<void> {
    const next = MEMBERS.find((member) => member !== leader) ?? '';
    const words = ['failover', '--candidate', next, '--force'];
    await lab.kubectl('exec', next, '--', 'patronictl', ...words);
    await lab.kubectl('delete', 'pod', leader, '--grace-period=0', '--force');
    await waitUntil('somebody else leads', async () => (await lab.untilLed(120)) !== leader);
  }

  it(
    'gives no question',
    async () => {
      const before = await take();
      const leader = await lab.untilLed(60);
      const questions = new Set<string>();
      let [compared, objects] = [0, 0];
      const compare = async () => {
        const found = difference(before, await take());
        expect(found.notChecked).toEqual([]);
        for (const question of found.questions) questions.add(whatChanged(question));
        [compared, objects] = [compared + 1, found.objects];
        return found;
      };
      for (let look = 0; look < LOOKS; look++) {
        await wait((MINUTES * 60_000) / LOOKS);
        if (look === LOOKS / 2) await failOver(leader);
        await compare();
      }
      await lab.untilHealthy(120);
      const last = await compare();
      process.stderr.write(
        `${compared} comparisons of ${objects} objects in ${MINUTES} min: ${questions.size} questions, ${last.leftOut.length} left out\n`,
      );
      expect([...questions]).toEqual([]);
      // Something to compare there was, and something that explained itself would not have been passed over.
      expect(objects).toBeGreaterThan(15);

      // The same comparison asks when somebody does change something.
      await lab.kubectl('scale', 'deployment/utility', '--replicas=1');
      expect((await compare()).questions.map(whatChanged)).toEqual([
        'Deployment utility: replicas was 0, is 1',
      ]);
    },
    PATIENCE,
  );
});
