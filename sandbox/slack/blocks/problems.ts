// What Slack would find wrong with a list of blocks: one sentence and a JSON pointer for each problem, none when all is well.

import { interactiveElements } from './interactive.ts';
import { kinds, kindsOn, type Surface } from './kinds.ts';
import { isRecord, list, type Report, typed } from './rule.ts';

export type { Surface } from './kinds.ts';

const MOST_BLOCKS: Record<Surface, number> = { message: 50, modal: 100, home: 100 };
const ONE_PER_MESSAGE = ['table'];
const MARKDOWN_PER_MESSAGE = 12_000;

/**
 * Problems in the form of Slack's own answers, such as
 * `no more than 50 items allowed [json-pointer:/blocks]`; at most twenty.
 * `root` is the pointer of the list itself (`/blocks` in a message, `/view/blocks` in a view).
 */
export function problems(blocks: unknown, surface: Surface, root = '/blocks'): string[] {
  const found: string[] = [];
  const report: Report = (problem, at) => {
    const sentence = `${problem} [json-pointer:${at}]`;
    if (found.length < 20 && !found.includes(sentence)) found.push(sentence);
  };
  list(typed(kinds, kindsOn(surface)), { max: MOST_BLOCKS[surface] })(blocks, root, report);
  if (!Array.isArray(blocks)) return found;
  checkIds(blocks, root, report);
  if (surface === 'message') checkMessage(blocks, root, report);
  if (surface !== 'modal') checkFileInputs(blocks, root, report);
  return found;
}

function checkIds(blocks: unknown[], root: string, report: Report): void {
  const blockIds = new Set<unknown>();
  const focused: string[] = [];
  blocks.forEach((block, index) => {
    if (!isRecord(block)) return;
    const at = `${root}/${index}`;
    if (typeof block.block_id === 'string') {
      if (blockIds.has(block.block_id))
        report(`block_id "${block.block_id}" already exists`, `${at}/block_id`);
      blockIds.add(block.block_id);
    }
    const actionIds = new Set<string>();
    for (const element of interactiveElements([block])) {
      if (element.focus_on_load === true) focused.push(at);
      if (typeof element.action_id !== 'string') continue;
      if (actionIds.has(element.action_id)) report(`\`action_id\` "${element.action_id}" already exists`, at);
      actionIds.add(element.action_id);
    }
  });
  if (focused.length > 1) report('only one element may set `focus_on_load`', focused[1] ?? root);
}

function checkMessage(blocks: unknown[], root: string, report: Report): void {
  const types = blocks.map((block) => (isRecord(block) ? block.type : undefined));
  for (const kind of ONE_PER_MESSAGE)
    if (types.filter((type) => type === kind).length > 1)
      report(`no more than 1 ${kind} block allowed`, root);
  if (types.filter((type) => type === 'data_visualization').length > 2)
    report('no more than 2 data_visualization blocks allowed', root);
  if (types.includes('plan') && types.includes('task_card'))
    report('plan and task_card blocks cannot be in one message', root);
  const markdown = blocks.reduce<number>(
    (sum, block) =>
      isRecord(block) && block.type === 'markdown' && typeof block.text === 'string'
        ? sum + block.text.length
        : sum,
    0,
  );
  if (markdown > MARKDOWN_PER_MESSAGE)
    report(`markdown blocks must be less than ${MARKDOWN_PER_MESSAGE + 1} characters together`, root);
  blocks.forEach((block, index) => {
    if (!isRecord(block) || block.type !== 'plan' || !Array.isArray(block.tasks)) return;
    const ids = block.tasks.map((task) => (isRecord(task) ? task.task_id : undefined));
    if (new Set(ids).size < ids.length) report('task_id must be unique in a plan', `${root}/${index}/tasks`);
  });
}

function checkFileInputs(blocks: unknown[], root: string, report: Report): void {
  blocks.forEach((block, index) => {
    if (isRecord(block) && isRecord(block.element) && block.element.type === 'file_input')
      report('unsupported type: file_input', `${root}/${index}/element/type`);
  });
}

/** Characters of text in blocks, as far as Slack's reports let one count them. */
export function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + textLength(item), 0);
  if (!isRecord(value)) return 0;
  return Object.entries(value).reduce((sum, [name, item]) => {
    if (typeof item === 'string') return name === 'text' || name === 'title' ? sum + item.length : sum;
    return sum + textLength(item);
  }, 0);
}
