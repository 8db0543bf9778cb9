/** `handrail timeline verify INC-7`: whether every entry of the record is as it was written. */
import { DateTime } from 'luxon';
import { oneLine } from '../report/typed.ts';
import { type Broken, type Erased, verifyChain } from '../store/read.ts';
import type { Terminal } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { withStore } from './record.ts';
import { WrongInput } from './wrong-input.ts';

/** From what was typed. 1 when an entry is not as it was written, or a noted hash is not there. Throws WrongInput. */
export async function verifyHere(
  given: Terminal & { readonly names: readonly string[]; readonly values: { readonly head?: string } },
): Promise<number> {
  const { print, values } = given;
  const noted = values.head;
  if (noted !== undefined && !/^[0-9a-f]{12,64}$/i.test(noted))
    throw new WrongInput(
      `--head ${noted}: give the hash that a report ends with, or its first 12 characters or more.`,
    );
  return withStore(given, async (pool, incident) => {
    const { entries, head, broken, erased = [], noted: found } = await verifyChain(pool, incident, noted);
    const id = `INC-${incident}`;
    if (!head) throw new WrongInput(`There is no ${id}.`);
    const but =
      erased.length === 0
        ? ''
        : `, but for the words of ${erased.length === 1 ? 'one' : erased.length} that two people erased`;
    if (broken) for (const line of brokenWords(broken, id)) print(line);
    else
      print(
        `${id}: ${entries === 1 ? 'its one entry is' : `all ${entries} entries are`} as ${entries === 1 ? 'it was' : 'they were'} written${but}.`,
      );
    for (const one of erased) print(erasedLine(one));
    if (found === 'not found')
      print(
        `No entry of ${id} has the hash ${noted}: what it was noted down from was changed or taken away since.`,
      );
    else if (found !== undefined && (broken === undefined || found < broken.version))
      print(`${noted} is the hash of entry ${found}: nothing up to there was changed since.`);
    print(`Head: entry ${head.version}, ${head.hash}`);
    return broken || found === 'not found' ? EXIT.notOk : EXIT.ok;
  });
}

/** Which entry, when, by whom and why: its words are gone, that it was there is not. */
function erasedLine({ entry, version, at, by, askedBy, reason, pending }: Erased): string {
  const when = DateTime.fromMillis(at, { zone: 'UTC' }).toFormat('yyyy-LL-dd HH:mm:ss');
  const still = pending ? ' Its words are still in the database: a running Handrail takes them out.' : '';
  return `Erased: ${oneLine(entry)}, ${when} UTC, by ${oneLine(askedBy.name)} and ${oneLine(by.name)} (${oneLine(reason)}), entry ${version}.${still}`;
}

const whys = {
  words: 'its words were changed',
  envelope: 'its time, its author, its kind or its hash was changed',
} as const;

function brokenWords({ version, what, type, at, by }: Broken, id: string): string[] {
  const before =
    version === 1
      ? []
      : [
          version === 2
            ? 'Entry 1 is as it was written.'
            : `Entries 1 to ${version - 1} are as they were written.`,
        ];
  const behind = 'Of what stands behind it nothing can be said.';
  if (what === 'missing') return [`${id}: entry ${version} is missing.`, ...before, behind];
  const when = DateTime.fromMillis(at ?? 0, { zone: 'UTC' }).toFormat('yyyy-LL-dd HH:mm:ss');
  const which = `${type}, ${when} UTC, by ${oneLine(by ?? '')}`;
  return [`${id}: entry ${version} (${which}) is not as it was written: ${whys[what]}.`, ...before, behind];
}
