// The night of seed-000.test.ts, whole, by a bot that may look into its namespace only: no node, no role of the cluster.
import { describeWith } from '../support/requirements.ts';
import { wholeNight } from './seed-000/whole-night.ts';

describeWith(
  ['lab', 'registry', 'kubectl', 'postgres'],
  'the night of the yaml crash, in the lab, with rights in the namespace only',
  () => {
    wholeNight('namespace');
  },
);
