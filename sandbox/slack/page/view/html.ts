// Templates that become elements: preact with htm, without a build step. Text in them is always text, never HTML.

import { html } from 'htm/preact';

export { html };
/** What a component gives back. */
export type Shown = ReturnType<typeof html> | string | null | false | undefined | readonly Shown[];
