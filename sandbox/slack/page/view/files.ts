// Files of a message: what they are, a look inside, and a way to save them.

import type { Json } from '../blocks/surface.ts';
import type { SharedFile } from '../state/page-state.ts';
import { usePage } from './context.ts';
import { html } from './html.ts';
import { Icon } from './icons.ts';

export function sizeWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

const string = (value: unknown): string => (typeof value === 'string' ? value : '');

const sharedFile = (file: Json): SharedFile => ({
  id: string(file.id),
  name: string(file.name),
  title: string(file.title) || string(file.name),
  mimetype: string(file.mimetype),
  pretty_type: string(file.pretty_type),
  size: Number(file.size ?? 0),
});

export const isReadable = (file: SharedFile): boolean =>
  file.mimetype.startsWith('text/') || file.mimetype === 'application/json';

function FileCard({ file, preview }: { file: SharedFile; preview: string }) {
  const { page } = usePage();
  const open = () => page.show({ kind: 'file', file });
  return html`<div class="file-card">
    <div class="file-head">
      <span class="file-icon"><${Icon} name="file" size=${20} /></span>
      <span class="file-words">
        <strong class="file-name">${file.title}</strong>
        <span class="muted small">${file.pretty_type}, ${sizeWords(file.size)}</span>
      </span>
      <span class="row">
        ${isReadable(file) && html`<button type="button" class="button" aria-label=${`Open ${file.title}`} onClick=${open}>Open</button>`}
        <a class="button" href=${page.fileAddress(file.id)} download=${file.name} aria-label=${`Download ${file.title}`}>Download</a>
      </span>
    </div>
    ${preview !== '' && html`<pre class="file-preview" tabindex="0" aria-label="Beginning of the file">${preview}</pre>`}
  </div>`;
}

export const Files = ({ files }: { files: readonly Json[] }) =>
  files.map(
    (file) => html`<${FileCard} key=${file.id} file=${sharedFile(file)} preview=${string(file.preview)} />`,
  );
