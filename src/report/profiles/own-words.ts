/** Sections in people's own words, for every profile: below the facts of the record, a question while nobody wrote. */
import type { RootContent } from 'mdast';
import { textBlocks } from '../blocks.ts';
import { ownText } from '../model/written.ts';
import type { ReportModel } from '../model.ts';
import { heading, paragraph, question, strong } from '../nodes.ts';
import { type OwnSectionName, ownSectionNamed, ownSections } from '../sections.ts';

/** Parts what people wrote from the facts above it. */
export const teamWords = (): RootContent => paragraph("In the team's words:");

const promptOf = (name: OwnSectionName): string => ownSectionNamed(name)?.prompt ?? '';

/** What was written, under a line that says so where facts stand above; else the prompt, or another question. */
export function ownWords(
  report: ReportModel,
  name: OwnSectionName,
  facts: readonly RootContent[] = [],
  asked = promptOf(name),
): RootContent[] {
  const text = ownText(report, name);
  if (text === undefined) return [...facts, paragraph(question(asked))];
  return [...facts, ...(facts.length > 0 ? [teamWords()] : []), ...textBlocks(text)];
}

/** Questions first, since what stands below a heading belongs to it; then each text that there is under its title. */
export function underTitles(
  report: ReportModel,
  names: readonly OwnSectionName[],
  title: (text: string) => RootContent,
): RootContent[] {
  const open = names.filter((name) => ownText(report, name) === undefined);
  return [...open.map((name) => paragraph(question(promptOf(name)))), ...written(report, names, title)];
}

/** The text alone; empty while nobody wrote. */
export function onlyWords(report: ReportModel, name: string): RootContent[] {
  return textBlocks(ownText(report, name) ?? '');
}

/** Only what was written. */
export function written(
  report: ReportModel,
  names: readonly string[],
  title: (text: string) => RootContent,
): RootContent[] {
  return names.flatMap((name) => {
    const words = onlyWords(report, name);
    return words.length > 0 ? [title(ownSectionNamed(name)?.title ?? name), ...words] : [];
  });
}

export const smallTitle = (text: string): RootContent => heading(3, text);

/** A line of its own in bold, for forms that have no smaller headings. */
export const boldTitle = (text: string): RootContent => paragraph(strong(`${text}:`));

/** Names that this version has no place for: of a newer Handrail. */
export const otherNames = (report: ReportModel): readonly string[] =>
  report.written.map(({ name }) => name).filter((name) => !ownSectionNamed(name));

export const allNames: readonly OwnSectionName[] = ownSections.map(({ name }) => name);
