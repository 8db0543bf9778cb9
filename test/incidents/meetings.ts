/** The table of meetings: every way in which two people or two machines meet at a button, and what comes of it. */
import type { Told } from '../support/witness.ts';

export interface Meeting {
  /** Who or what meets, as a heading. */
  readonly meet: string;
  /** Played by meetings.test.ts in this folder, or on two machines over one PostgreSQL in test/store. */
  readonly where: 'at the door' | 'on machines';
  /** The same in a sentence. */
  readonly what: string;
  /** How often the target was changed, counted at the target. */
  readonly changes: 0 | 1;
  /** What comes of it, beside the number of changes. */
  readonly happens: string;
  /** In order: who was told, and the sentence. */
  readonly told: readonly Told[];
}

export const people = { anaAtTerminal: 'Ana at her terminal' } as const;

export const meetings: readonly Meeting[] = [
  {
    meet: 'the same click twice',
    where: 'at the door',
    what: 'Slack delivers one click of Ana twice.',
    changes: 1,
    happens: 'The second delivery gets the answer of the first.',
    told: [
      ['everybody', 'Resize the disk: confirmed by Ana'],
      ['everybody', 'Verified. size 3.'],
    ],
  },
  {
    meet: 'two people confirm',
    where: 'at the door',
    what: 'Ana and Ben press *Confirm* on the same plan.',
    changes: 1,
    happens: 'The first one counts.',
    told: [
      ['everybody', 'Resize the disk: confirmed by Ana'],
      ['Ben', 'Already confirmed by Ana.'],
      ['everybody', 'Verified. size 3.'],
    ],
  },
  {
    meet: 'confirmed after its end',
    where: 'at the door',
    what: 'Ben presses a *Confirm* that he still sees when everything is over.',
    changes: 1,
    happens: 'Nothing more.',
    told: [
      ['everybody', 'Resize the disk: confirmed by Ana'],
      ['everybody', 'Verified. size 3.'],
      ['Ben', 'This step is already finished: done.'],
    ],
  },
  {
    meet: 'confirmed without the right',
    where: 'at the door',
    what: 'Guest, who may only look, presses *Confirm*.',
    changes: 0,
    happens: 'Nothing is started.',
    told: [
      ['Guest', 'You may not start this change: that needs the right to operate. Ask somebody who has it.'],
    ],
  },
  {
    meet: 'the requester approves',
    where: 'at the door',
    what: 'Ana asks for approval and presses *Approve* herself; she is in the group.',
    changes: 0,
    happens: 'Nothing is started.',
    told: [
      ['everybody', '@Ben: Ana asks for your approval. Read the plan. Open until Jan 10, 2026, 09:44 UTC.'],
      ['Ana', 'You asked for this, so somebody else must approve it.'],
    ],
  },
  {
    meet: 'the requester approves as somebody else',
    where: 'at the door',
    what: 'Ana asks in Slack and approves from her terminal, under another identity.',
    changes: 0,
    happens: 'Nothing is started: one human.',
    told: [
      ['everybody', '@Ben: Ana asks for your approval. Read the plan. Open until Jan 10, 2026, 09:44 UTC.'],
      ['Ana at her terminal', 'You asked for this, so somebody else must approve it.'],
    ],
  },
  {
    meet: 'two people approve',
    where: 'at the door',
    what: 'Ben and Cleo press *Approve* on the same request.',
    changes: 1,
    happens: 'The first one counts.',
    told: [
      ['everybody', '@Ben: Ana asks for your approval. Read the plan. Open until Jan 10, 2026, 09:44 UTC.'],
      ['everybody', 'Resize the disk: approved by Ben'],
      ['Cleo', 'Already approved by Ben.'],
      ['everybody', 'Verified. size 3.'],
    ],
  },
  {
    meet: 'two people ask for approval',
    where: 'at the door',
    what: 'Ana and Cleo press *Ask for approval*.',
    changes: 0,
    happens: 'There is one request, of Ana.',
    told: [
      ['everybody', '@Ben: Ana asks for your approval. Read the plan. Open until Jan 10, 2026, 09:44 UTC.'],
      ['Cleo', 'Ana has already asked for approval.'],
    ],
  },
  {
    meet: 'somebody outside the group approves',
    where: 'at the door',
    what: 'Guest may approve, but the step names a group that he is not in.',
    changes: 0,
    happens: 'Nothing is started.',
    told: [
      ['everybody', '@Ben: Ana asks for your approval. Read the plan. Open until Jan 10, 2026, 09:44 UTC.'],
      ['Guest', 'Only dba can approve this step.'],
    ],
  },
  {
    meet: 'one goes alone, one approves',
    where: 'at the door',
    what: 'Nobody answered for 5 minutes. Ana goes alone; Ben approves a moment later.',
    changes: 1,
    happens: 'The first one counts, and that she went alone stays as an open end.',
    told: [
      ['everybody', '@Ben: Ana asks for your approval. Read the plan. Open until Jan 10, 2026, 09:44 UTC.'],
      [
        'everybody',
        '@Ana nobody has answered, or nobody else can. You may go alone with a typed reason; that is told to the others and noted. Open until Jan 10, 2026, 09:44 UTC.',
      ],
      [
        'everybody',
        '@Ben: Ana went alone: Resize the disk: Nobody else is awake Please look at it afterwards, and say whether you agree.',
      ],
      ['everybody', 'Resize the disk: Ana went on alone'],
      ['Ben', 'Ana has gone on alone.'],
      ['everybody', 'Verified. size 3.'],
    ],
  },
  {
    meet: 'the approval comes too late',
    where: 'at the door',
    what: 'Ben approves 11 minutes after Ana asked, just before and just after the request is taken back.',
    changes: 0,
    happens: 'Nothing is started.',
    told: [
      ['everybody', '@Ben: Ana asks for your approval. Read the plan. Open until Jan 10, 2026, 09:44 UTC.'],
      ['Ben', 'This request has expired. Ana can ask again.'],
      ['everybody', 'Nobody approved in time. Nothing was changed. Ask again when somebody is there.'],
      ['Ben', 'Nobody waits for this approval any more.'],
    ],
  },
  {
    meet: 'the plan is old when it is confirmed',
    where: 'at the door',
    what: 'Ana confirms a plan that is 3 hours old, and Ben at once after her.',
    changes: 0,
    happens: 'The plan is read anew and asks once more.',
    told: [
      ['everybody', 'The plan is 3 hours old. Here is the new one. @Ana'],
      ['everybody', 'Resize the disk: answered'],
      ['Ben', 'This step does not wait for a confirmation now.'],
      ['everybody', '@Ana read the plan, then confirm.'],
    ],
  },
  {
    meet: 'the plan is old and the world has gone on',
    where: 'at the door',
    what: 'Ana types the phrase under a plan that is 11 minutes old; meanwhile the object was changed by other means. She tries the old button again, then the new one.',
    changes: 1,
    happens: 'Only what she read a moment ago is started.',
    told: [
      ['everybody', 'The plan is 11 minutes old. Here is the new one. @Ana'],
      ['everybody', 'Resize the disk: answered'],
      ['everybody', '@Ana read the plan, then confirm.'],
      ['Ana', 'The plan has changed since this button was made. Read the new plan.'],
      ['everybody', 'Resize the disk: confirmed by Ana'],
      ['everybody', 'Verified. size 3.'],
    ],
  },
  {
    meet: 'the live state changes before the call',
    where: 'at the door',
    what: 'Ana confirms; before the call somebody changes the object by other means. Ben presses the old button.',
    changes: 0,
    happens: 'The confirmation is void and the new plan is shown.',
    told: [
      ['everybody', 'Resize the disk: confirmed by Ana'],
      [
        'everybody',
        'Nothing was changed. The live state is no longer what the plan says: read the new plan and confirm again. @Ana',
      ],
      ['everybody', '@Ana read the plan, then confirm.'],
      ['Ben', 'The plan has changed since this button was made. Read the new plan.'],
    ],
  },
  {
    meet: 'the live state changes before the approval',
    where: 'at the door',
    what: 'Ana asks, the object is changed by other means, then Ben approves, and Cleo after him.',
    changes: 0,
    happens: 'The approval is void and the new plan is shown.',
    told: [
      ['everybody', '@Ben: Ana asks for your approval. Read the plan. Open until Jan 10, 2026, 09:44 UTC.'],
      ['everybody', 'Resize the disk: approved by Ben'],
      [
        'everybody',
        'Nothing was changed. The live state is no longer what the plan says: read the new plan and confirm again. @Ana',
      ],
      ['everybody', '@Ana read the plan. It needs a second person of dba.'],
      ['Cleo', 'Nobody waits for this approval any more.'],
    ],
  },
  {
    meet: 'planned again while somebody confirms',
    where: 'at the door',
    what: 'Ben presses *Plan again*; Ana confirms the plan before.',
    changes: 0,
    happens: 'Only the new plan can be confirmed.',
    told: [
      ['everybody', 'Resize the disk: tried again'],
      ['Ana', 'This button is old: the step has been tried again since.'],
      ['everybody', '@Ana read the plan, then confirm.'],
    ],
  },
  {
    meet: 'the runbook changes',
    where: 'at the door',
    what: "The runbook's file is changed between the plan and the click.",
    changes: 1,
    happens: 'The run goes on with the file that it began with.',
    told: [
      [
        'everybody',
        'A newer version of resize exists (h → another). Run 1 goes on with the one it began with.',
      ],
      ['everybody', 'Resize the disk: confirmed by Ana'],
      ['everybody', 'Verified. size 3.'],
    ],
  },
  {
    meet: 'the incident is closed before the click',
    where: 'at the door',
    what: 'Ben closes the incident; Ana presses *Confirm*.',
    changes: 0,
    happens: 'Nothing is started.',
    told: [
      ['everybody', 'Ben says that the service is back.'],
      ['everybody', 'Ben closed the incident.'],
      ['everybody', 'Resize the disk: the incident is closed'],
      ['Ana', 'INC-1 is closed. Reopen it first.'],
    ],
  },
  {
    meet: 'the incident is closed during the call',
    where: 'at the door',
    what: 'Ana confirms; Ben closes the incident while the call is under way.',
    changes: 1,
    happens: 'The incident stays open until the outcome is known.',
    told: [
      ['everybody', 'Resize the disk: confirmed by Ana'],
      ['everybody', 'Ben says that the service is back.'],
      ['Ben', 'A change is under way: Resize the disk. Wait for its outcome, then close.'],
      ['everybody', 'Verified. size 3.'],
    ],
  },
  {
    meet: 'one skips, one confirms',
    where: 'at the door',
    what: 'Ben skips the step; Ana presses *Confirm*.',
    changes: 0,
    happens: 'The step stays skipped.',
    told: [
      ['everybody', 'Resize the disk: skipped'],
      ['Ana', 'This step is already finished: skipped.'],
    ],
  },
  {
    meet: 'one confirms, one skips',
    where: 'at the door',
    what: 'Ana confirms; Ben presses *Skip*.',
    changes: 1,
    happens: 'The change goes on.',
    told: [
      ['everybody', 'Resize the disk: confirmed by Ana'],
      ['Ben', 'This step is running. Stop it, or wait for its outcome.'],
      ['everybody', 'Verified. size 3.'],
    ],
  },
  {
    meet: 'one confirms, one did it by hand',
    where: 'at the door',
    what: 'Ana confirms; Ben presses *Done by hand*.',
    changes: 1,
    happens: 'The change goes on.',
    told: [
      ['everybody', 'Resize the disk: confirmed by Ana'],
      ['Ben', 'This step does not wait for anybody now.'],
      ['everybody', 'Verified. size 3.'],
    ],
  },
  {
    meet: 'two people undo',
    where: 'at the door',
    what: 'Ana and Ben press *Undo*.',
    changes: 1,
    happens:
      'One undo is planned; it asks for a confirmation of its own. The one change is the change itself.',
    told: [['Ben', 'Its undo is already under way.']],
  },
  {
    meet: 'two incidents want one object',
    where: 'at the door',
    what: 'Ana changes the object in INC-1; Ben confirms a change of the same object in INC-2.',
    changes: 1,
    happens: 'The second one waits.',
    told: [
      ['everybody in INC-1', 'Resize the disk: confirmed by Ana'],
      [
        'Ben',
        'prod/thing/disk is being changed by Ana in INC-1 since 09:34 (runbook resize). Wait until that is finished, or take over.',
      ],
      ['everybody in INC-1', 'Verified. size 3.'],
    ],
  },
  {
    meet: 'one takes over what another holds',
    where: 'at the door',
    what: "As before; Ben takes the lock over while Ana's call is still on its way, and confirms.",
    changes: 1,
    happens: "Ana's call comes first, so that Ben's plan is no longer true.",
    told: [
      ['everybody in INC-1', 'Resize the disk: confirmed by Ana'],
      [
        'Ben',
        'prod/thing/disk is being changed by Ana in INC-1 since 09:34 (runbook resize). Wait until that is finished, or take over.',
      ],
      ['Ben', 'Type exactly: its call may still arrive'],
      ['Ben', 'You hold prod/thing/disk now. Confirm the change.'],
      [
        'everybody in INC-2',
        'Ben took over prod/thing/disk from Ana in INC-1. The change can be confirmed now. A call of the other change may still arrive.',
      ],
      [
        'everybody in INC-1',
        'Ben took over prod/thing/disk for INC-2 (“Resize the disk”). What was started here goes on: look before you go on.',
      ],
      ['everybody in INC-2', 'Resize the disk: confirmed by Ben'],
      [
        'everybody in INC-2',
        'Nothing was changed. The live state is no longer what the plan says: read the new plan and confirm again. @Ben',
      ],
      ['everybody in INC-1', 'Verified. size 3.'],
      ['everybody in INC-2', '@Ana read the plan, then confirm.'],
    ],
  },
  {
    meet: 'one click reaches two machines',
    where: 'on machines',
    what: 'The same click of Ana arrives at two machines at the same moment.',
    changes: 1,
    happens: 'One of them writes it down; the other gives the same answer.',
    told: [
      ['everybody', 'Resize the disk: confirmed by Ana'],
      ['everybody', 'Verified. size 3.'],
    ],
  },
  {
    meet: 'two people confirm at two machines',
    where: 'on machines',
    what: "Ben presses *Confirm* at a machine that has not heard of Ana's click yet.",
    changes: 1,
    happens: 'The machine is told so as it writes, reads again and refuses.',
    told: [
      ['everybody', 'Resize the disk: confirmed by Ana'],
      ['Ben', 'Already confirmed by Ana.'],
      ['everybody', 'Verified. size 3.'],
    ],
  },
  {
    meet: 'an approval meets its deadline',
    where: 'on machines',
    what: 'The request is taken back at one machine; Ben approves at another, whose clock is behind.',
    changes: 0,
    happens: 'Nothing is started.',
    told: [
      ['everybody', '@Ben: Ana asks for your approval. Read the plan. Open until Jan 10, 2026, 09:44 UTC.'],
      ['everybody', 'Nobody approved in time. Nothing was changed. Ask again when somebody is there.'],
      ['Ben', 'Nobody waits for this approval any more.'],
    ],
  },
  {
    meet: 'closed at one machine, confirmed at another',
    where: 'on machines',
    what: 'Ben closes the incident at one machine; Ana confirms at one that has not heard of it.',
    changes: 0,
    happens: 'Nothing is started.',
    told: [
      ['everybody', 'Ben says that the service is back.'],
      ['everybody', 'Ben closed the incident.'],
      ['everybody', 'Resize the disk: the incident is closed'],
      ['Ana', 'INC-1 is closed. Reopen it first.'],
    ],
  },
  {
    meet: 'two workers take one call',
    where: 'on machines',
    what: 'Two workers find the same confirmed call.',
    changes: 1,
    happens: 'One of them gets it.',
    told: [
      ['everybody', 'Resize the disk: confirmed by Ana'],
      ['everybody', 'Verified. size 3.'],
    ],
  },
  {
    meet: 'the call comes too late',
    where: 'on machines',
    what: 'Ana confirms; for 6 minutes there is no worker.',
    changes: 0,
    happens: 'The confirmation is void.',
    told: [
      ['everybody', 'Resize the disk: confirmed by Ana'],
      [
        'everybody',
        'Nothing was changed: the call could not be made within 5 min of the confirmation, so it is void. Confirm again.',
      ],
    ],
  },
  {
    meet: 'the requester loses the right before the call',
    where: 'on machines',
    what: 'Ana confirms; her right is withdrawn before a worker takes the call.',
    changes: 0,
    happens: 'Nothing is called.',
    told: [
      ['everybody', 'Resize the disk: confirmed by Ana'],
      [
        'everybody',
        'It failed. The right to do this was taken away in the meantime. Nothing was changed. You can try again. @Ana',
      ],
    ],
  },
  {
    meet: 'the approver loses the right before the call',
    where: 'on machines',
    what: 'Ben approves; his right is withdrawn before a worker takes the call.',
    changes: 0,
    happens: 'Nothing is called.',
    told: [
      ['everybody', '@Ben: Ana asks for your approval. Read the plan. Open until Jan 10, 2026, 09:44 UTC.'],
      ['everybody', 'Resize the disk: approved by Ben'],
      [
        'everybody',
        'It failed. Who approved it may not approve it any more. Ask somebody else for approval. Nothing was changed. You can try again. @Ana',
      ],
    ],
  },
  {
    meet: 'the worker is killed before the call',
    where: 'on machines',
    what: 'A worker takes the call and is killed before it makes it. Ana tries again.',
    changes: 1,
    happens: 'The target has no trace of the first call; the second one is made.',
    told: [
      ['everybody', 'Resize the disk: confirmed by Ana'],
      ['everybody', 'The worker stopped during the call. It is not known whether the change was made. @Ana'],
      [
        'everybody',
        'The change was not made. Looked for its trace: the change was not made. Nothing was changed. You can try again. @Ana',
      ],
      ['everybody', 'Resize the disk: tried again'],
      ['everybody', '@Ana read the plan, then confirm.'],
      ['everybody', 'Resize the disk: confirmed by Ana'],
      ['everybody', 'Verified. size 3.'],
    ],
  },
  {
    meet: 'the worker is killed after the call',
    where: 'on machines',
    what: 'A worker makes the call and is killed before it can say so.',
    changes: 1,
    happens: 'The target has its trace. It is not made again.',
    told: [
      ['everybody', 'Resize the disk: confirmed by Ana'],
      ['everybody', 'The worker stopped during the call. It is not known whether the change was made. @Ana'],
      ['everybody', 'Looked for its trace: the change was made. @Ana'],
      ['everybody', 'Verified. size 3.'],
    ],
  },
  {
    meet: 'the worker freezes at the call and is tried again',
    where: 'on machines',
    what: 'A worker stops between its last look and the write. Ana tries again. Then the first one wakes up and writes.',
    changes: 1,
    happens: 'The target refuses the first one: the object is not the one it had read.',
    told: [
      ['everybody', 'Resize the disk: confirmed by Ana'],
      ['everybody', 'The worker stopped during the call. It is not known whether the change was made. @Ana'],
      [
        'everybody',
        'The change was not made. Looked for its trace: the change was not made. Nothing was changed. You can try again. @Ana',
      ],
      ['everybody', 'Resize the disk: tried again'],
      ['everybody', '@Ana read the plan, then confirm.'],
      ['everybody', 'Resize the disk: confirmed by Ana'],
      ['everybody', 'Verified. size 3.'],
      [
        'everybody',
        'Late: The first worker came back after it had been given up: it changed nothing. The object was changed by somebody else in the meantime.',
      ],
    ],
  },
  {
    meet: 'the worker freezes at the call and wakes up',
    where: 'on machines',
    what: 'As before, but the worker wakes up before anybody tries again.',
    changes: 1,
    happens: 'The change is made late, and told.',
    told: [
      ['everybody', 'Resize the disk: confirmed by Ana'],
      ['everybody', 'The worker stopped during the call. It is not known whether the change was made. @Ana'],
      [
        'everybody',
        'The change was not made. Looked for its trace: the change was not made. Nothing was changed. You can try again. @Ana',
      ],
      ['everybody', 'Late: The first worker came back after it had been given up: its change was made.'],
    ],
  },
  {
    meet: 'two incidents want one object, at two machines',
    where: 'on machines',
    what: "Ana and Ben confirm changes of one object, in two incidents at two machines. Ben confirms again when Ana's is done.",
    changes: 1,
    happens: "The second one waits, and is made void if its plan is no longer true. The one change is Ana's.",
    told: [
      ['everybody in INC-1', 'Resize the disk: confirmed by Ana'],
      [
        'Ben',
        'prod/thing/disk is being changed by Ana in INC-1 since 09:34 (runbook resize). Wait until that is finished, or take over.',
      ],
      ['everybody in INC-1', 'Verified. size 3.'],
      ['everybody in INC-2', 'Resize the disk: confirmed by Ben'],
    ],
  },
  {
    meet: 'a lock is taken over while its call is frozen',
    where: 'on machines',
    what: "Ana's worker is frozen at the call. Ben takes the lock over in INC-2 and confirms. Then Ana's worker wakes up.",
    changes: 1,
    happens: "Ben's change is made; the target refuses Ana's.",
    told: [
      ['everybody in INC-1', 'Resize the disk: confirmed by Ana'],
      [
        'Ben',
        'prod/thing/disk is being changed by Ana in INC-1 since 09:34 (runbook resize). Wait until that is finished, or take over.',
      ],
      ['Ben', 'Type exactly: its call may still arrive'],
      ['Ben', 'You hold prod/thing/disk now. Confirm the change.'],
      [
        'everybody in INC-2',
        'Ben took over prod/thing/disk from Ana in INC-1. The change can be confirmed now. A call of the other change may still arrive.',
      ],
      ['everybody in INC-2', 'Resize the disk: confirmed by Ben'],
      [
        'everybody in INC-1',
        'The worker stopped during the call. It is not known whether the change was made. @Ana',
      ],
      [
        'everybody in INC-1',
        'Ben took over prod/thing/disk for INC-2 (“Resize the disk”). What was started here goes on: look before you go on.',
      ],
      [
        'everybody in INC-1',
        'The change was not made. Looked for its trace: the change was not made. Nothing was changed. You can try again. @Ana',
      ],
      ['everybody in INC-2', 'Verified. size 3.'],
      [
        'everybody in INC-1',
        'Late: The first worker came back after it had been given up: it changed nothing. The object was changed by somebody else in the meantime.',
      ],
    ],
  },
];

/** The page for people: three columns. */
export function page(): string {
  const rowOf = ({ what, changes, happens, told }: Meeting): string => {
    const world = changes === 1 ? 'One change.' : 'No change.';
    const words = told.map(([who, says]) => `${bold(who)}: ${safe(says)}`).join('<br>');
    return `| ${safe(what)} | ${world} ${safe(happens)} | ${words} |`;
  };
  const table = (where: Meeting['where']): string =>
    [
      '| What meets | What happens | What each is told, in this order |',
      '| --- | --- | --- |',
      ...meetings.filter((row) => row.where === where).map(rowOf),
    ].join('\n');
  return `# Who meets at a button

Slack, a worker or a person may each do a thing twice, late, or at the same moment as somebody else. This page has every
way in which that happens at a button: how often the world was changed, counted at the object that is changed and not in
Handrail's own records, and every sentence that anybody was told.

It is written by \`test/incidents/meetings.ts\`, which two tests play: \`HANDRAIL_WRITE_MEETINGS=1 npx vitest run --project
postgres test/incidents/meetings.test.ts\`. In all of them one step changes the size of a disk from 1 to 3. Ana started the
run; Ben and Cleo may approve.

## Two people

${table('at the door')}

## Two machines

Over one real PostgreSQL. Each machine has its own memory of the incident.

${table('on machines')}
`;
}

const bold = (who: string): string => `**${who}**`;
const safe = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
