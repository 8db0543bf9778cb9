// Sends the newest state of something, one request at a time.

/**
 * Call it whenever the state has changed: `send` is called with what the state is by then, never twice at once, and the
 * changes that come meanwhile make one more call. Resolves when all is sent.
 */
export function latestOnly(send: () => Promise<void>): () => Promise<void> {
  let wanted = false;
  let sending: Promise<void> | undefined;
  return () => {
    wanted = true;
    sending ??= (async () => {
      while (wanted) {
        wanted = false;
        await send();
      }
      sending = undefined;
    })();
    return sending;
  };
}
