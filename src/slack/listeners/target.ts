/** `/incident target`: what people work on, each confirmed with one click and taken off with another. */
import { esc, line } from '../mrkdwn.ts';
import { targetList } from '../views/targets.ts';
import { type CommandContext, send } from './context.ts';

/** Without words it lists; `drop NAME` takes one off. Names that two namespaces share are taken off with their button. */
export async function targetCommand(
  context: CommandContext,
  incident: number,
  argument: string,
): Promise<void> {
  const [word = '', name = '', ...more] = argument.split(/\s+/);
  const list = async (words = 'Targets') => {
    const blocks = await context.room.door.look(incident, targetList);
    return context.tell(words, blocks);
  };
  if (word === '' || (word.toLowerCase() === 'list' && name === '')) return list();
  if (word.toLowerCase() !== 'drop' || name === '' || more.length > 0)
    return context.tell('Write `/incident target` for the list, or `/incident target drop NAME`.');
  const known = await context.room.door.look(incident, ({ targets }) => targets.map(({ target }) => target));
  const found = (known ?? []).filter((target) => target.name === name);
  if (found.length > 1) return list();
  const [target] = found;
  if (!target) {
    const names = (known ?? []).map((one) => `\`${line(one.name, 120)}\``).join(', ');
    return context.tell(
      `:no_entry_sign: ${line(name, 120)} is not a confirmed target. Confirmed: ${names || 'none'}.`,
    );
  }
  const answer = await send(context, incident, { do: 'drop target', target });
  if (!answer.ok) return context.tell(`:no_entry_sign: ${esc(answer.says, 1500)}`);
  return context.tell(`${line(name, 120)} is not a target any more.`);
}
