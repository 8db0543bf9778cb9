// What Slack would find wrong with a view (a modal or an App Home): its own fields, and its blocks.

import { plainText } from './compositions.ts';
import { problems } from './problems.ts';
import { anything, boolean, isRecord, object, type Report, string, typed } from './rule.ts';

const shared = {
  callback_id: string({ max: 255 }),
  private_metadata: string({ max: 3000 }),
  external_id: string({ max: 255 }),
};
const view = typed({
  modal: object({
    required: { type: anything, title: plainText(24), blocks: anything },
    optional: {
      ...shared,
      close: plainText(24),
      submit: plainText(24),
      clear_on_close: boolean,
      notify_on_close: boolean,
    },
  }),
  home: object({ required: { type: anything, blocks: anything }, optional: shared }),
});

/** Problems as Slack words them, with pointers from `/view`; none when the view may be shown. */
export function viewProblems(candidate: unknown): string[] {
  const found: string[] = [];
  const report: Report = (problem, at) => found.push(`${problem} [json-pointer:${at}]`);
  view(candidate, '/view', report);
  if (!isRecord(candidate)) return found;
  const surface = candidate.type === 'home' ? 'home' : 'modal';
  if (candidate.blocks !== undefined) found.push(...problems(candidate.blocks, surface, '/view/blocks'));
  const asks =
    Array.isArray(candidate.blocks) &&
    candidate.blocks.some((each) => isRecord(each) && each.type === 'input');
  if (surface === 'modal' && asks && candidate.submit === undefined)
    report('`submit` is required when the view has input blocks', '/view/submit');
  return found.slice(0, 20);
}
