/** Who is named in a report, from its head, its timeline and the verbs that only people have. */
import type { Field } from './fields.ts';
import type { Paper } from './paper.ts';
import type { Row } from './rows.ts';

export interface People {
  /** Whole names and names of one word, as written. */
  readonly names: ReadonlySet<string>;
  /** Those of whom the text says that they belong to another house or team: name to its words for that. */
  readonly outside: ReadonlyMap<string, string>;
  /** Who answered: of the head, or of the timeline's column. */
  readonly responders: readonly string[];
}

/** Capitalised words that are no part of a person's name. */
const things = new Set(
  'A After All An And Any API App Artifactory As At Backup Backups Because Before Bot Both But By CDN Changed Channel Check Checked Checks Client Cluster Code Community Confirmed Connection Connections Cron Dashboard Data Database Databases Decided Deployment Docs Each Engineer Engineering Environment Everybody Everyone Example Five For From Gate Github Gitlab Grafana Group Handrail He Health Help Her His How However I If Image In Incident Issue It Its Job Kubernetes Lead Leader Linux Load Log Logs Member Metabase Monitoring Namespace Network Next No Nobody Node Nodes Not On Once One Only Operations Ops Our Outage Patroni Pipeline Platform Pod Pods Postgres PostgreSQL Primary Prod Production Project Prometheus Provider Queue Readiness Redis Release Replica Reports Rollout Root Run Runbook Script Secret Security Server Servers Service Services She Silver Site Slack Snapshot Some Somebody Someone Staging Status Step Storage Support System Systems Target Team Teams That The Their Then There These They This Those Time Times To Tools Two Upgrade User Users Version Voice Volume Was We Web Website What When Where Which While Who Why Worker Workers Yes You Zone Utility Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August September October November December'.split(
    ' ',
  ),
);
const role =
  /^(?:lead|scribe|commander|responder|owner|comms|nobody|none|unknown|everyone|various|team|bot|handrail|n\/a|watch|webhook)$/i;

const word = String.raw`\p{Lu}[\p{Ll}\p{M}’'-]{1,20}(?:\p{Lu}\p{Ll}{1,20})?`;
const two = String.raw`(${word}) ((?:de |van |von |da |der )?${word})`;
const verbs =
  'posted|posts|alerted|alerts|responded|validated|confirmed|confirms|suspected|suspects|suggested|recommended|joined|reported|noticed|asked|said|says|declared|acknowledged|restarted|rolled|deployed|wrote|recorded|approved|investigated|escalated|paged|forgot|wasted|neglected|should have|took|upgraded|discovered|checked|pointed|engaged|proposed';
const acting = new RegExp(`(?<![\\p{L}.-])${two} (?:${verbs})\\b`, 'gu');
const calledAs = new RegExp(`(?<![\\p{L}.-])${two} \\((${word})\\)`, 'gu');
const fromHouse = new RegExp(
  `(?<![\\p{L}.-])${two}(?: and ${two})? (?:\\(((?:[\\p{Lu}\\d][\\p{L}\\d&.]* ?){2,6}|[\\p{Lu}]{2,10})\\)|(?:at|of|from) (?:the )?([\\p{L}-]+(?: [\\p{L}-]+)? (?:[Ss]ervices?|[Tt]eam|[Ss]upport|[Ii]nc|GmbH|Ltd|[Gg]overnment|vendor|provider)|vendor|provider))`,
  'gu',
);

/** Two capitalised words side by side: what every pattern here begins with. */
const somebody = /\p{Lu}\p{Ll}[^\s]{0,40} (?:de |van |von |da |der )?\p{Lu}/u;

const isThing = (part: string): boolean => things.has(part) || things.has(part.replace(/[’']s$/, ''));

/** `Ana Ferreira (lead), Ben Osei and Cho`. */
function namesOf(list: string): string[] {
  return list
    .slice(0, 2000)
    .replace(/\([^()]{0,200}\)/g, '')
    .split(/,|;|\band\b|&|\//)
    .map((name) => name.trim().replace(/^@\u2060?/, ''))
    .filter(
      (name) =>
        /^\p{L}[\p{L}\p{M}’'. -]{1,60}$/u.test(name) && name.split(/\s+/).length <= 4 && !role.test(name),
    );
}

const heads =
  /^(?:people|participants?|responders?|authors?|lead|incident (?:lead|commander)|reported by|team|on[- ]call)$/;

/** Reads names; a heuristic that knows no dictionary: rules that use it only warn, or are asked for. */
export function peopleOf(paper: Paper, fields: readonly Field[], rows: readonly Row[]): People {
  const names = new Set<string>();
  const outside = new Map<string, string>();
  const ofHead = fields
    .filter(({ name, prompt }) => heads.test(name) && !prompt)
    .flatMap(({ value }) => namesOf(value));
  const ofRows = rows.flatMap(({ who }) => (who ? namesOf(who) : []));
  for (const name of [...ofHead, ...ofRows]) names.add(name);
  for (const { text, kind } of paper.units) {
    if (kind === 'code' || !somebody.test(text)) continue;
    for (const [, first = '', last = ''] of text.matchAll(acting))
      if (!isThing(first) && !isThing(last)) names.add(`${first} ${last}`);
    for (const [, first = '', last = '', called = ''] of text.matchAll(calledAs))
      if (!isThing(first) && !isThing(last) && called.slice(0, 2) === first.slice(0, 2)) {
        names.add(`${first} ${last}`);
        names.add(called);
      }
    for (const [, first = '', last = '', other, otherLast, house, team] of text.matchAll(fromHouse)) {
      const whole = house ?? team ?? '';
      const pairs = [[first, last], ...(other && otherLast ? [[other, otherLast]] : [])];
      for (const [a = '', b = ''] of pairs)
        if (!isThing(a) && !isThing(b)) {
          names.add(`${a} ${b}`);
          outside.set(`${a} ${b}`, whole);
        }
    }
  }
  for (const name of names) {
    const first = name.split(' ')[0] ?? '';
    if (name.includes(' ') && first.length > 2 && /^\p{Lu}/u.test(first)) names.add(first);
  }
  return { names, outside, responders: [...new Set(ofHead.length > 0 ? ofHead : ofRows)] };
}

/** The first of these names in the text, as a whole word. */
export function personIn(
  text: string,
  names: ReadonlySet<string>,
): { readonly name: string; readonly index: number } | undefined {
  for (const found of text.matchAll(
    /\p{Lu}[\p{L}\p{M}’'-]*(?: (?:de |van |von |da |der )?\p{Lu}[\p{L}\p{M}’'-]*)?/gu,
  )) {
    const whole = found[0].replace(/[’']s$/, '');
    if (names.has(whole)) return { name: whole, index: found.index };
    const [first = '', second = ''] = whole.split(' ');
    if (names.has(first)) return { name: first, index: found.index };
    if (second && names.has(second)) return { name: second, index: found.index + first.length + 1 };
  }
  return undefined;
}

/** Two capitalised words that could be a person and are nothing else that reports speak of. */
export function couldBePerson(words: string): boolean {
  const parts = words.split(' ');
  return parts.length === 2 && parts.every((part) => !isThing(part) && /^\p{Lu}\p{Ll}/u.test(part));
}

/** One capitalised word at the beginning of a sentence that is no common one. */
export const couldBeFirstName = (part: string): boolean => /^\p{Lu}\p{Ll}+$/u.test(part) && !isThing(part);
