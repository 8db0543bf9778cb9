// What Slack hosts besides its API: addresses to upload to, private files, and response addresses.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerReply } from './delivery/replies.ts';
import { bytesOf, uploadOf } from './http-body.ts';
import { typeOf } from './state/files.ts';
import type { Workspace } from './state/workspace.ts';

async function receive(
  ws: Workspace,
  key: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const file = [...ws.files.values()].find((each) => each.uploadKey === key && !each.complete);
  const content = await uploadOf(request, await bytesOf(request));
  if (file === undefined) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('no such upload');
    return;
  }
  file.content = content;
  response.writeHead(200, { 'content-type': 'text/plain' }).end(`OK - ${content.length}`);
}

function sendPrivate(
  ws: Workspace,
  botToken: string | undefined,
  id: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const file = ws.files.get(id);
  // Without a token that may read files Slack shows its sign-in page, with status 200.
  if (botToken === undefined || request.headers.authorization !== `Bearer ${botToken}`) {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!DOCTYPE html><title>Sign in</title>');
    return;
  }
  if (file?.content === undefined || !file.complete) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'content-type': typeOf(file.name)[1], 'content-length': file.content.length });
  response.end(file.content);
}

async function takeReply(
  ws: Workspace,
  key: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await bytesOf(request);
  let said: unknown;
  try {
    said = JSON.parse(body.toString('utf8'));
  } catch {
    said = undefined;
  }
  const answer = answerReply(ws, key, said);
  const isText = answer.body === 'ok';
  response.writeHead(answer.status, { 'content-type': isText ? 'text/html' : 'application/json' });
  response.end(isText ? 'ok' : JSON.stringify(answer.body));
}

/** `botToken`: undefined when it may not read files. Serves `/upload/v1/...`, `/files-pri/...`, `/commands/...`, `/actions/...` and `/app/...`; false for any other path. */
export async function serveFilesAndReplies(
  ws: Workspace,
  botToken: string | undefined,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const upload = /^\/upload\/v1\/([a-f0-9]+)$/.exec(path)?.[1];
  const file = /^\/files-pri\/[^/]+-(F[A-Z0-9]+)\//.exec(path)?.[1];
  const reply = /^\/(?:commands|actions|app)\/(.+)$/.exec(path)?.[1];
  if (upload !== undefined && (request.method === 'POST' || request.method === 'PUT'))
    await receive(ws, upload, request, response);
  else if (file !== undefined && request.method === 'GET') sendPrivate(ws, botToken, file, request, response);
  else if (reply !== undefined && request.method === 'POST') await takeReply(ws, reply, request, response);
  else return false;
  return true;
}
