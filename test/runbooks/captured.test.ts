// RB120: what k8s.apply puts back is what an earlier step captured; nobody's text and no file's own text gets there.
import { describe, expect, it } from 'vitest';
import { register } from '../../src/actions/index.ts';
import { formatProblem } from '../../src/runbooks/library.ts';
import { parseRunbook } from '../../src/runbooks/parse.ts';
import { unmarked } from './marked.ts';

const file = (argument: string, when = '') => `apiVersion: runbook/v1
id: move
title: Move it
summary: Takes a workload away and puts it back.
owner: "@ops"
reviewed: 2026-11-20
params:
  workload: { type: k8s/deployment, label: Which?, required: true }
  text: { type: string, label: What?, required: true }
steps:
  - id: asked
    kind: ask
    title: What now?
    form: { manifest: { type: string, label: Manifest, required: true } }
  - id: remove
    kind: act
    title: Remove it${when}
    uses: k8s.delete-workload
    with: { workload: "\${{ params.workload }}" }
    timeout: 30s
    confirm: { level: click }
    locks: ["\${{ incident.namespace }}/deployment/\${{ params.workload }}"]
    verify:
      uses: k8s.replicas
      with: { workload: "\${{ params.workload }}" }
      until: out.desired == 0
      timeout: 1m
    undo:
      uses: k8s.apply
      with: { kind: deployment, name: "\${{ params.workload }}", capture: "\${{ steps.remove.plan.manifest }}" }
    leaves: { nothing: It is put back below. }
  - id: back
    kind: act
    title: Put it back
    uses: k8s.apply
    with:
      kind: deployment
      name: "\${{ params.workload }}"
      ${argument}
    timeout: 30s
    confirm: { level: click }
    locks: ["\${{ incident.namespace }}/deployment/\${{ params.workload }}"]
    verify:
      uses: k8s.replicas
      with: { workload: "\${{ params.workload }}" }
      until: out.ready > 0
      timeout: 5m
    undo: auto
    leaves: { nothing: It is there as it was. }
`;
const problemsOf = (text: string) =>
  parseRunbook(text, 'move.yaml', register, '2026-11-21').problems.map(formatProblem);

describe('what an action puts back', () => {
  it.each(['capture: "${{ steps.remove.plan.manifest }}"', 'manifest: web/deployment.yaml'])(
    'is taken: %s',
    (argument) => expect(problemsOf(file(argument))).toEqual([]),
  );

  it('may be the capture of a step that may have been skipped', () => {
    const skipped = file('capture: "${{ steps.?remove.?plan.?manifest }}"', '\n    when: params.text != ""');
    expect(problemsOf(skipped)).toEqual([]);
  });

  it.each([
    'capture: ¦"${{ params.text }}"',
    'capture: ¦"${{ steps.asked.out.manifest }}"',
    'capture: ¦"${{ steps.remove.plan.manifest + params.text }}"',
    'capture: ¦"x ${{ steps.remove.plan.manifest }}"',
    'capture: ¦"${{ params.text == \'\' ? steps.remove.plan.manifest : params.text }}"',
    'capture: ¦"${{ steps.?remove.?plan.?manifest.orValue(params.text) }}"',
    'capture: ¦"${{ string(steps.remove.plan.replicas) }}"',
    'capture: ¦"${{ steps.remove.args.workload }}"',
    'capture: ¦"{}"',
  ])('is refused, with the place and what to write: %s', (argument) => {
    const { text, place } = unmarked(file(argument));
    expect(problemsOf(text)).toContain(
      `move.yaml:${place} RB120 capture of k8s.apply must be what an earlier step of this runbook captured, and nothing else. Write \${{ steps.remove.plan.manifest }}.`,
    );
    expect(parseRunbook(text, 'move.yaml', register).runbook).toBeUndefined();
  });

  it('is held to it in an undo as well, and where nothing is captured other ways are named', () => {
    const { text, place } = unmarked(
      file('manifest: web/deployment.yaml').replace(
        'capture: "${{ steps.remove.plan.manifest }}"',
        'capture: ¦"${{ params.text }}"',
      ),
    );
    expect(problemsOf(text)).toEqual([expect.stringContaining(`move.yaml:${place} RB120 `)]);
    const alone = file('capture: "${{ params.text }}"').replace(
      / {2}- id: remove[\s\S]*(?= {2}- id: back)/,
      '',
    );
    expect(problemsOf(alone)).toEqual([
      expect.stringMatching(
        /RB120 .* Put it back from a file of the runbooks’ folder \(manifest\), or add the step/,
      ),
    ]);
  });

  it('is not what a later step captures', () => {
    const text = file('capture: "${{ steps.remove.plan.manifest }}"');
    const [head = '', remove = '', back = ''] = text.split(/(?= {2}- id: (?:remove|back))/);
    expect(problemsOf(head + back + remove).join('\n')).toMatch(/RB104 .*remove comes later/);
  });
});
