/** The page of the rules, made from the rules. */
import type { Rule } from '../../../src/report/lint/rule.ts';

const intro = `# The review of a report

\`handrail report lint FILE...\` asks these questions of any report in Markdown, also of one that Handrail did not write:

\`\`\`text
night.md:27:5 PIR010 (warning) “Teo” stands beside “was unable to”: “Teo was unable to find the backups.” Say what was missing: ...
\`\`\`

An error keeps a report from being final, a warning does not, and nothing holds up a draft. The exit code is 0 without errors, 1 with one, 2 when a file cannot be read. \`-\` reads standard input; \`--json\` prints one object with \`files\`, \`errors\`, \`warnings\`, \`problems\` and \`waived\`, each problem with \`code\`, \`level\`, \`file\`, \`line\`, \`column\`, \`says\`, \`remedy\` and a \`key\` that stays the same when the line moves. \`--shared\` is for a copy that leaves the team.

The rules read words, in English, and can be wrong: they are questions. A line can be waived with a reason, which stays in the file as a comment, on the line itself or just before the paragraph, item, row or heading:

\`\`\`markdown
- [ ] Add an alert at 80 connections <!-- waive PIR007: the vendor owns it -->

<!-- waive PIR005: everybody slept; the vendor worked alone -->
02:10 to 05:40 - waited for the vendor
\`\`\`

What is missing in the whole file stands at its title: a comment before the title waives it. A waiver without a reason, for no rule, or for nothing that is there is told as \`PIR000\` (warning).
`;

function section({ code, title, level, finds, why, remedy, needs, waivable }: Rule): string {
  const parts = [
    `## ${code} ${title}`,
    `*${level === 'error' ? 'Error' : 'Warning'}${waivable === false ? ', cannot be waived' : ''}.* ${finds}`,
    `Why: ${why}`,
    `What to do: ${remedy}`,
    ...(needs ? [`Needs: ${needs}`] : []),
  ];
  return parts.join('\n\n');
}

export const rulesPage = (rules: readonly Rule[]): string =>
  `${[intro.trimEnd(), ...rules.map(section)].join('\n\n')}\n`;
