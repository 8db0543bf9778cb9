// Files: first an upload address, then the bytes, then the file is shared in a channel.

import { extname } from 'node:path';
import type { Workspace } from './workspace.ts';

export interface StoredFile {
  id: string;
  name: string;
  title: string;
  user: string;
  created: number;
  declaredLength: number;
  content?: Buffer;
  channels: string[];
  /** False until completeUploadExternal. */
  complete: boolean;
  uploadKey: string;
  /** For a file of somebody who lies about it: the address that is given for it. */
  claimedAddress?: string;
}

const types: Record<string, [filetype: string, mimetype: string, pretty: string]> = {
  '.md': ['markdown', 'text/markdown', 'Markdown'],
  '.txt': ['text', 'text/plain', 'Plain Text'],
  '.log': ['text', 'text/plain', 'Plain Text'],
  '.json': ['json', 'application/json', 'JSON'],
  '.yaml': ['yaml', 'text/yaml', 'YAML'],
  '.yml': ['yaml', 'text/yaml', 'YAML'],
  '.csv': ['csv', 'text/csv', 'CSV'],
  '.png': ['png', 'image/png', 'PNG'],
  '.jpg': ['jpg', 'image/jpeg', 'JPEG'],
  '.pdf': ['pdf', 'application/pdf', 'PDF'],
  '.gz': ['gzip', 'application/gzip', 'Gzip'],
};

export const typeOf = (name: string): [string, string, string] =>
  types[extname(name).toLowerCase()] ?? ['binary', 'application/octet-stream', 'Binary'];

export function reserveFile(
  ws: Workspace,
  draft: { name: string; length: number; user: string },
): StoredFile {
  const file: StoredFile = {
    id: ws.ids.next('F'),
    name: draft.name,
    title: draft.name,
    user: draft.user,
    created: Math.floor(ws.clock() / 1000),
    declaredLength: draft.length,
    channels: [],
    complete: false,
    uploadKey: ws.ids.secret(16),
  };
  ws.files.set(file.id, file);
  return file;
}

/** A file as `files.info` shows it. */
export function fileObject(ws: Workspace, file: StoredFile): Record<string, unknown> {
  const [filetype, mimetype, pretty] = typeOf(file.name);
  const isText = mimetype.startsWith('text/') || mimetype === 'application/json';
  const address = `${ws.url}/files-pri/${ws.team.id}-${file.id}`;
  const path = encodeURIComponent(file.name);
  return {
    id: file.id,
    created: file.created,
    timestamp: file.created,
    name: file.name,
    title: file.title,
    mimetype,
    filetype,
    pretty_type: pretty,
    user: file.user,
    user_team: ws.team.id,
    editable: false,
    size: file.content?.length ?? 0,
    mode: isText ? 'snippet' : 'hosted',
    is_external: false,
    external_type: '',
    is_public: false,
    public_url_shared: false,
    display_as_bot: false,
    username: '',
    url_private: file.claimedAddress ?? `${address}/${path}`,
    url_private_download: file.claimedAddress ?? `${address}/download/${path}`,
    permalink: `${ws.url}/files/${file.user}/${file.id}/${path}`,
    ...(isText && file.content !== undefined ? { preview: file.content.toString('utf8').slice(0, 500) } : {}),
    channels: file.channels.filter((id) => ws.channels.get(id)?.kind === 'public'),
    groups: file.channels.filter((id) => ws.channels.get(id)?.kind === 'private'),
    ims: file.channels.filter((id) => ws.channels.get(id)?.kind === 'im'),
    has_rich_preview: false,
    file_access: 'visible',
  };
}
