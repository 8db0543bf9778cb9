/** Keeps the report in the channel's canvas as well, where the workspace has canvases; the file is posted in any case. */
import { canvasMarkdown } from '../canvas-markdown.ts';
import { effectRecordId } from '../command-ids.ts';
import { noCanvas } from '../views/tell.ts';
import { canvasesOf, canvasMarker, canvasWords, Refused, refusable } from './canvas-refused.ts';
import { Later } from './failures.ts';
import type { Stage } from './stage.ts';

interface CanvasPage {
  readonly markdown: string;
  readonly fileName: string;
}

const KEY = 'canvas';
/** Of an effect: what waits behind it must not wait for a canvas. */
const MOST_TRIES = 5;
/** The shape of the document was refused, or an edit did not go through: plainer it may. */
const shape = new Set(['canvas_creation_failed', 'channel_canvas_creation_failed', 'canvas_editing_failed']);
const gone = new Set(['canvas_not_found', 'canvas_deleted']);
const there = new Set(['channel_canvas_already_exists', 'free_team_canvas_tab_already_exists']);

/** Of a workspace, not of an incident: nobody in the channel is told. */
const silent = new Set([
  'team_tier_cannot_create_channel_canvases',
  'free_teams_cannot_create_standalone_canvases',
  'free_teams_cannot_edit_standalone_canvases',
  'canvas_disabled_user_team',
  'missing_scope',
  'not_allowed_token_type',
  'unknown_method',
]);

/**
 * Writes over the canvas that Handrail made, and over no other: one is ours while it holds the line that says so. What
 * Slack refuses is recorded once for each incident, in words.
 */
export async function publishCanvas(stage: Stage, channel: string, page: CanvasPage): Promise<void> {
  if (stage.config.canvas === 'off') return;
  const refused = await refusal(stage, () => write(stage, channel, page));
  if (!refused) return;
  const what = silent.has(refused.code) ? noCanvas : 'put the report in the canvas';
  await failed(stage, { what, says: refused.says }, 'canvas');
}

/** Words that somebody had erased must not stay in the canvas until the next report. */
export async function emptyCanvas(stage: Stage): Promise<void> {
  const { incident, event } = stage.shown;
  const known = stage.posted(KEY)?.ts;
  if (known === undefined) return;
  const markdown = 'Something was erased from the record. `/incident report` writes the report here again.\n';
  const refused = await refusal(stage, async () => {
    const whose = await owner(stage, known);
    if (whose === 'ours') await edit(stage, known, { markdown, fileName: `inc-${incident.number}.md` });
    if (whose === 'theirs') throw new Refused('taken', 'People write it now.');
  });
  if (!refused) return;
  const says = 'It may still show words of the entry: take them out by hand.';
  await failed(stage, { what: "erase the entry in the channel's canvas", says }, `erased:${event?.version}`);
}

/** Of the work, for good; what may pass is thrown, until it has been tried often enough. */
async function refusal(stage: Stage, work: () => Promise<void>): Promise<Refused | undefined> {
  const { tries } = stage.shown;
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof Refused) return error;
    if (!(error instanceof Later) || tries < MOST_TRIES) throw error;
    return new Refused('later', `${error.message}. Tried ${tries} times.`);
  }
}

async function write(stage: Stage, channel: string, page: CanvasPage): Promise<void> {
  const known = stage.posted(KEY)?.ts;
  if (known !== undefined) {
    const whose = await owner(stage, known);
    if (whose === 'ours') return edit(stage, known, page);
    if (whose === 'theirs') throw new Refused('taken', canvasWords('taken'));
  }
  const found = await find(stage, channel);
  if (found !== undefined) return keep(stage, channel, found, page);
  const made = await create(stage, channel, page);
  if (made !== undefined) return record(stage, channel, made);
  // Another process, or a try whose answer was lost, made one meanwhile.
  const other = await find(stage, channel);
  if (other === undefined) throw new Refused('not_found', canvasWords('not_found'));
  return keep(stage, channel, other, page);
}

async function keep(stage: Stage, channel: string, canvas: string, page: CanvasPage): Promise<void> {
  await record(stage, channel, canvas);
  await edit(stage, canvas, page);
}

async function record(stage: Stage, channel: string, canvas: string): Promise<void> {
  const { shown } = stage;
  await shown.record(
    { do: 'record post', what: KEY, channel, ts: canvas },
    effectRecordId(shown.effectId, KEY),
  );
}

async function owner(stage: Stage, canvas: string): Promise<'ours' | 'theirs' | 'gone'> {
  const { client, shown } = stage;
  const contains_text = canvasMarker(shown.incident.number);
  const look = () => client.canvases.sections.lookup({ canvas_id: canvas, criteria: { contains_text } });
  const answer = await refusable(stage, 'look into the canvas', look, gone);
  if (answer === undefined) return 'gone';
  return (answer.sections ?? []).length > 0 ? 'ours' : 'theirs';
}

/**
 * The channel's canvas that is ours, or an empty one.
 * @throws Refused when it is people's: theirs is never written over, and a channel has one.
 */
async function find(stage: Stage, channel: string): Promise<string | undefined> {
  const look = () => stage.client.conversations.info({ channel });
  const info = await refusable(stage, "look for the channel's canvas", look);
  let theirs = false;
  for (const { id, empty } of canvasesOf(info?.channel)) {
    if (empty) return id;
    const whose = await owner(stage, id);
    if (whose === 'ours') return id;
    if (whose === 'theirs') theirs = true;
  }
  if (theirs) throw new Refused('taken', canvasWords('taken'));
  return undefined;
}

/** Undefined when there is one already. */
async function create(stage: Stage, channel: string, page: CanvasPage): Promise<string | undefined> {
  const { client, shown } = stage;
  const made = await inShape(stage, page, 'make the canvas', (markdown) =>
    client.conversations.canvases.create({
      channel_id: channel,
      title: `Report of INC-${shown.incident.number}`,
      document_content: { type: 'markdown', markdown },
    }),
  );
  return made?.canvas_id;
}

async function edit(stage: Stage, canvas: string, page: CanvasPage): Promise<void> {
  await inShape(stage, page, 'write the canvas', (markdown) =>
    stage.client.canvases.edit({
      canvas_id: canvas,
      changes: [{ operation: 'replace', document_content: { type: 'markdown', markdown } }],
    }),
  );
}

/** Once more without tables and nested lists when Slack refuses the document. */
async function inShape<T>(
  stage: Stage,
  { markdown: report, fileName: file }: CanvasPage,
  what: string,
  call: (markdown: string) => Promise<T>,
): Promise<T | undefined> {
  const lead = `${canvasMarker(stage.shown.incident.number)} each report is written over it, and what is typed here is lost then. The file ${file} in the channel is the whole report. Take this line away, and Handrail leaves this page alone.`;
  const document = { lead, report, file };
  try {
    return await refusable(stage, what, () => call(canvasMarkdown(document)), there);
  } catch (error) {
    if (!(error instanceof Refused) || !shape.has(error.code)) throw error;
    return refusable(stage, what, () => call(canvasMarkdown({ ...document, plain: true })), there);
  }
}

async function failed(
  { shown, log }: Stage,
  body: { readonly what: string; readonly says: string },
  id: string,
): Promise<void> {
  const { number } = shown.incident;
  log.warn({ incident: number, ...body }, 'Slack refused');
  await shown.record({ do: 'record slack failure', ...body }, `slack-failure:${number}:${id}`);
}
