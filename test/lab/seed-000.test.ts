// The first reported incident once more, in the lab: a real Patroni cluster of three behind the pods of a real control
// plane, two real registries, the bot with exactly the rights of `handrail rbac`, worked by two people through the local
// Slack. At the end patronictl, kubectl and psql, asked by the test, must say what the bot said.
// What the lab has not: PostgreSQL 12.4 and OpenShift. Its members are Debian's PostgreSQL 15 and Patroni 3.0.2, the
// images of both registries start the same programs, and the tempting image is a tag of a registry, not an ImageStream.
import { afterAll, beforeAll, beforeEach, vi } from 'vitest';
import { describeWith } from '../support/requirements.ts';
import { ending } from './seed-000/ending.ts';
import { looking } from './seed-000/looking.ts';
import { moving } from './seed-000/moving.ts';
import { closeTheNight, openTheNight, type TheNight } from './seed-000/the-night.ts';

describeWith(['lab', 'registry', 'kubectl', 'postgres'], 'the night of the yaml crash, in the lab', () => {
  // For each part: two cores, and others beside it.
  vi.setConfig({ testTimeout: 300_000 });
  const the = {} as TheNight;
  let failed = false;

  beforeAll(() => openTheNight(the), 420_000);
  afterAll(() => closeTheNight(the), 120_000);
  // Each part begins where the one before it ended.
  beforeEach(({ skip, onTestFailed }) => {
    if (failed) skip('an earlier part of the night failed');
    onTestFailed(() => {
      failed = true;
    });
  });

  looking(the);
  moving(the);
  ending(the);
});
