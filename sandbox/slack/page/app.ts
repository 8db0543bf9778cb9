// Starts the page: who is there, as whom one acts (`?as=`; the first person otherwise), and then everything else.

import { render } from 'preact';
import { startPage } from './state/page.ts';
import { firstState } from './state/page-state.ts';
import { placeOf } from './state/place.ts';
import { readMarks } from './state/read-marks.ts';
import { loadSession, wireFor } from './state/wire.ts';
import { html } from './view/html.ts';
import { Shell } from './view/shell.ts';

const root = document.getElementById('page');
if (root === null) throw new Error('index.html has no #page');

function tell(text: string): void {
  if (root === null) return;
  render(
    html`<div class="empty"><h1>Sandbox: a local stand-in for Slack</h1><p role="alert">${text}</p></div>`,
    root,
  );
}

try {
  const session = await loadSession();
  const people = session.people.filter((each) => !each.bot);
  const { as } = placeOf(window.location.href);
  const me = people.find((each) => each.name === as || each.id === as) ?? people[0];
  if (me === undefined) tell('There is nobody in this sandbox to act as.');
  else {
    const wire = wireFor(me.id);
    const marks = readMarks(`read ${session.team.id} ${me.id}`);
    const page = await startPage(wire, firstState(session, await wire.load(), marks.load()), marks);
    root.replaceChildren();
    render(html`<${Shell} page=${page} />`, root);
  }
} catch (error) {
  tell(`${(error as Error).message} Reload the page to try again.`);
}
