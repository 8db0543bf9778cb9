/** RB119: what must stand in the file as it is takes no expression, wherever the action is used. */
import { describe, expect, it } from 'vitest';
import { register } from '../../src/actions/index.ts';
import { parseRunbook } from '../../src/runbooks/parse.ts';

const file = (argument: string) => `
apiVersion: runbook/v1
id: look
title: Look
summary: For a test.
owner: platform
reviewed: 2026-11-01
params:
  where: { type: string, label: Where, required: true }
steps:
  - id: site
    kind: check
    title: Does it answer?
    uses: http.check
    with: { ${argument} }
    timeout: 20s
    verdict:
      - { if: out.ok, is: ok, says: "\${{ out.says }}" }
      - { if: "out.?certificate.?days_left.orValue(99) < 14", is: warn, says: "\${{ out.says }}" }
      - { else: bad, says: "\${{ out.says }}" }
`;
const problemsOf = (argument: string) => {
  const { problems } = parseRunbook(file(argument), 'look.yaml', register, '2026-11-20');
  return problems.map(({ code, level, says }) => `${code} ${level} ${says}`);
};

describe('an argument that must stand in the file', () => {
  it.each([
    'url: https://example.org/health',
    'address: public, path: /health',
    'address: "${{ params.where }}"',
  ])('is taken: %s', (argument) => {
    expect(problemsOf(argument).filter((line) => !line.startsWith('RB113'))).toEqual([]);
  });
  it.each([
    'url: "${{ params.where }}"',
    'url: "https://${{ params.where }}/"',
    'address: public, path: "/${{ params.where }}"',
  ])('is refused with an expression in it: %s', (argument) => {
    expect(problemsOf(argument).join('\n')).toMatch(
      /^RB119 error (url|path) of http\.check must stand here/m,
    );
  });
});
