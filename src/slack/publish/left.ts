/** Posts the list of what was left behind; the newest copy is kept up to date, older ones lead to it. */
import { leftMessage, newerList } from '../views/left.ts';
import type { Posted, Stage } from './stage.ts';

/** Under which a list is recorded: each by its version. Those of earlier Handrails had no version. */
const listKey = (version: number): string => `left:${version}`;
const versionOf = (what: string): number | undefined => {
  if (what === 'left') return 0;
  return /^left:\d+$/.test(what) ? Number(what.slice('left:'.length)) : undefined;
};

/** Lists that were posted, the newest first. */
function lists(stage: Stage): { version: number; place: Posted }[] {
  return [...stage.shown.incident.posts]
    .flatMap(([what, place]) => {
      const version = versionOf(what);
      return version === undefined ? [] : [{ version, place }];
    })
    .sort((a, b) => b.version - a.version);
}

export async function publishLeft(stage: Stage, channel: string, version: number): Promise<void> {
  const place = await stage.post(listKey(version), channel, leftMessage(stage.shown.incident));
  if (!place) return;
  const link = stage.link(place);
  for (const older of lists(stage))
    if (older.version < version && older.place.ts !== place.ts)
      await stage.update('an older list of what is left', older.place, newerList(link));
}

/** Draws the newest list from the newest state. */
export async function drawLeft(stage: Stage): Promise<void> {
  const [newest] = lists(stage);
  if (newest) await stage.update('the list of what is left', newest.place, leftMessage(stage.shown.incident));
}
