/** What of a report is the same whenever its night is played: its headings, tables, tasks and questions, without values. */

const stable = (text: string): string =>
  text
    .replace(/[0-9a-f]{8,}/g, '#')
    .replace(/@ [0-9a-f]{7}\b/g, '@ #')
    .replace(/-[a-z0-9]{10}\b/g, '-#')
    .replace(/\d+/g, '#');

/** Lines in the order of the report. */
export function outlineOf(report: string): string[] {
  const lines = report.split('\n');
  return lines.flatMap((line, index) => {
    if (/^#+ /.test(line) || line.startsWith('- [ ] ')) return [stable(line)];
    // The head of a table.
    if (line.startsWith('| ') && lines[index + 1]?.startsWith('| -')) return [stable(line)];
    // A question that is open.
    if (/^_.*\?_$/.test(line)) return [stable(line)];
    return [];
  });
}

/** The second column of the table under a heading: what was changed, in order. */
export function changesOf(report: string): string[] {
  const section = /\n## Changes made\n([^]*?)\n## /.exec(report)?.[1] ?? '';
  return section
    .split('\n')
    .filter((line) => /^\| \d/.test(line))
    .map((line) => stable(line.split(' | ')[1] ?? ''));
}
