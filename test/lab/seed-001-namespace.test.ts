// The night of seed-001.test.ts, whole, by a bot that may look into its namespace only, and has no role of its own in
// PostgreSQL: no node, no pod of other namespaces, no VolumeAttachment; psql in the pod is its only way in.
import { describeWith } from '../support/requirements.ts';
import { wholeNight } from './seed-001/whole-night.ts';

describeWith(
  ['lab', 'kubectl', 'postgres'],
  'the night of the connections, in the lab, with rights in the namespace only',
  () => {
    wholeNight('namespace');
  },
);
