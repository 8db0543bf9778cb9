/** Takes the words of an entry out of the record for good: one person asks, another one agrees. */
import type { RecordWhat } from '../commands/record.ts';
import { type Draft, emit } from '../draft.ts';
import { versionOf } from '../record-index.ts';
import { Refused } from '../refused.ts';
import { knownEntry } from './correcting.ts';
import { needs } from './rights.ts';

/** What nobody can take back from here. Told to both people. */
export const STAYS =
  'What Handrail cannot erase: the message in Slack itself and its copies, reports that were posted, backups of the database, and what other entries say.';

export function askErase(draft: Draft, what: Extract<RecordWhat, { do: 'ask erase' }>): void {
  const { incident } = draft;
  needs(draft, 'operate', 'ask for an entry to be erased');
  knownEntry(incident, what.entry);
  const reason = readable(what.reason.slice(0, 1000)).trim();
  if (reason === '')
    throw new Refused(
      'reason',
      'Give a short reason, without the words themselves: it stays in the record and in the report.',
    );
  const asked = [...incident.erases.values()].find(({ entry }) => entry === what.entry);
  if (asked)
    throw new Refused(
      'asked',
      `${asked.by.name} has already asked for this. Somebody else who may approve agrees with the button in the channel.`,
    );
  emit(draft, 'erase_asked', {
    erase: `E${incident.version + 1}`,
    entry: what.entry,
    reason,
  });
  draft.says = `Asked. Nothing is erased until another person who may approve agrees with the button in the channel. ${STAYS}`;
}

/** Without NUL and halves of a character, as a cut leaves them: PostgreSQL reads no JSON with either (store/erase.ts). */
const readable = (text: string): string => text.replace(/[\0\p{Cs}]/gu, '');

/** Never by who asked, whatever identity they come with. */
export function erase(draft: Draft, what: Extract<RecordWhat, { do: 'erase' }>): void {
  const { incident, command, knows } = draft;
  const asked = incident.erases.get(what.erase);
  if (!asked) throw new Refused('gone', 'This was erased already, or nobody asks for it any more.');
  const { levels, person } = command.by;
  if (!levels.includes('approve') && !levels.includes('admin'))
    throw new Refused(
      'rights',
      'You may not agree to erase an entry: that needs the right to approve. Ask somebody who has it.',
    );
  if (knows.samePerson(asked.by.id, person.id))
    throw new Refused('own', 'You asked for this yourself, so somebody else has to agree.');
  const { entry } = asked;
  const version = versionOf(incident.record, entry);
  const touched = incident.record.touched.get(entry)?.version ?? 0;
  if (touched > what.read)
    throw new Refused('changed', 'This entry was changed at this very moment. Look at it, and agree again.');
  if (!what.left.some((one) => one.version === version))
    throw new Refused('empty', 'There are no words in this entry that could be erased.');
  if (what.left.some((one) => one.version > incident.version))
    throw new Error(`an event of INC-${incident.number} that does not exist was to be erased`);
  emit(draft, 'entry_erased', {
    erase: what.erase,
    entry,
    left: what.left.map(({ version: of, body }) => ({ version: of, body })),
    reason: asked.reason,
    askedBy: { ...asked.by, name: readable(asked.by.name) },
  });
  draft.says = `Erased: the words are out of the record for good, and in their place stands who erased them and why. ${STAYS}`;
}
