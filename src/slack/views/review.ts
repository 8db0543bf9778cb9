/** The review of the report, for one person: how far it is, what keeps it from being final, what is worth a look. */
import type { Remedy, Reviewed, ReviewQuestion } from '../../report/reviewed.ts';
import { ownSectionNamed } from '../../report/sections.ts';
import { actions, type Block, type Button, button, context, header, section } from '../blocks.ts';
import { fitBlocks } from '../fit.ts';
import { esc, line } from '../mrkdwn.ts';

/** Of each kind; further ones come up when these are settled. */
const MOST = { blocks: 12, asks: 8 } as const;

/** Characters of the words that a new follow-up begins with: a button holds 2,000, escaped. */
const BEGINNING = 800;

/** `first` stands above everything: what became of the press that drew it again. */
export function reviewMessage(
  reviewed: Reviewed,
  first?: string,
): { readonly text: string; readonly blocks: Block[] } {
  const { incident, status, blocks, asks, waived, version, profile } = reviewed;
  const text = `Report of INC-${incident}: ${status}`;
  return {
    text: first === undefined ? text : `${text}. ${first}`,
    blocks: fitBlocks([
      header(text),
      ...(first === undefined ? [] : [section(first)]),
      section(standing(reviewed)),
      ...group('These keep it from being final', blocks, MOST.blocks, incident, 0),
      ...group('Worth a look', asks, MOST.asks, incident, MOST.blocks),
      ...(waived.length === 0 ? [] : [context(waivedWords(waived))]),
      context(
        `Profile ${line(profile, 60)}, from the record up to entry ${version}. Lines are those of the file.`,
      ),
      ...actions(buttons(reviewed), 'review'),
    ]),
  };
}

function standing({ status, blocks }: Reviewed): string {
  if (blocks.length > 0)
    return `:no_entry: ${blocks.length === 1 ? '1 thing keeps' : `${blocks.length} things keep`} it from being final. A draft can be posted at any time.`;
  if (status === 'final') return ':white_check_mark: It is final. Whoever changes it makes it a draft again.';
  if (status === 'in review')
    return ':white_check_mark: Nothing keeps it from being final. Whoever may operate can make it final.';
  return ':white_check_mark: Nothing keeps it from being final. Put it in review, so that others read it first.';
}

function group(
  title: string,
  questions: readonly ReviewQuestion[],
  most: number,
  incident: number,
  from: number,
): Block[] {
  if (questions.length === 0) return [];
  const more = questions.length - most;
  return [
    section(`*${title}*`),
    ...questions.slice(0, most).map((question, index) => one(question, incident, from + index)),
    ...(more > 0 ? [context(`… and ${more} more; they come up when these are settled.`)] : []),
  ];
}

function one(question: ReviewQuestion, incident: number, n: number): Block {
  const { says, remedy } = question;
  const answer = question.with && remedyButton(question.with, incident, n);
  const words = `${placeWords(question)}${sentenceOf(esc(says, 400))} _${esc(remedy, 250)}_`;
  const block = section(words);
  return answer && block.type === 'section' ? { ...block, accessory: answer } : block;
}

/** A command at the end is marked, to be copied whole; what has no mark at its end gets a full stop. */
function sentenceOf(says: string): string {
  const marked = says.replace(/ (\/incident [^.!?`]+)$/, ' `$1`');
  return /[.!?…”]$/.test(marked) ? marked : `${marked}.`;
}

/** `Impact, line 41: ` */
export function placeWords({ section: title, line: at }: ReviewQuestion): string {
  const where = [title ? `*${line(title, 80)}*` : '', at === undefined ? '' : `line ${at}`].filter(Boolean);
  return where.length === 0 ? '' : `${where.join(', ')}: `;
}

function remedyButton(remedy: Remedy, incident: number, n: number): Button {
  switch (remedy.write) {
    case 'section': {
      const title = ownSectionNamed(remedy.section)?.title ?? remedy.section;
      return button('open-section', `Write: ${title}`, { incident, section: remedy.section }, { n });
    }
    case 'whys':
      return button('open-whys', 'Whys', { incident }, { n });
    case 'follow-up': {
      const { id, text } = remedy;
      if (id !== undefined) return button('open-follow-up', 'Change it', { incident, id }, { n });
      const words = text === undefined ? 'Add one' : 'Make it a follow-up';
      const value = text === undefined ? {} : { text: beginning(text) };
      return button('open-follow-up', words, { incident, ...value }, { n });
    }
  }
}

const beginning = (text: string): string =>
  text
    .toWellFormed()
    .replace(/\p{Cc}/gu, ' ')
    .slice(0, BEGINNING)
    .replace(/[\uD800-\uDBFF]$/, '')
    .trim();

function waivedWords(waived: Reviewed['waived']): string {
  const said = waived
    .slice(0, 5)
    .map(
      ({ question, reason }) => `${placeWords(question)}${line(question.says, 120)} _${line(reason, 150)}_`,
    );
  const more = waived.length > 5 ? [`… and ${waived.length - 5} more`] : [];
  return [`Does not apply, and why (the reasons stay in the file):`, ...said, ...more].join('\n');
}

function buttons({ incident, status, blocks, asks }: Reviewed): Button[] {
  const value = { incident };
  const waivable = [...blocks, ...asks].some((question) => question.waivable);
  const final = blocks.length === 0 ? ({ style: 'primary', n: 1 } as const) : { n: 1 };
  const next: Button[] =
    status === 'draft'
      ? [button('report-status', 'Put it in review', { incident, to: 'in review' }, { n: 0 })]
      : [
          ...(status === 'final'
            ? []
            : [button('report-status', 'Make it final', { incident, to: 'final' }, final)]),
          button('report-status', 'Back to draft', { incident, to: 'draft' }, { n: 2 }),
        ];
  return [
    button('open-section', 'Write a section', value),
    button('open-whys', 'Whys', value),
    button('open-follow-ups', 'Follow-ups', value),
    ...(waivable ? [button('open-waive', 'Does not apply', value)] : []),
    ...next,
    button('report-file', 'Post the file', value),
    button('report-review', 'Look again', value),
  ];
}

/** After a form was saved: the review on the person's screen is older than what they wrote. */
export function savedMessage(
  incident: number,
  words: string,
): { readonly text: string; readonly blocks: Block[] } {
  return {
    text: words,
    blocks: [
      section(words),
      ...actions(
        [
          button('report-review', 'Look at the report again', { incident }),
          button('open-section', 'Write a section', { incident }),
        ],
        'saved',
      ),
    ],
  };
}
