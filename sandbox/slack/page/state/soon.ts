// Waits a short while for something that is on its way.

const WAIT_MS = 1500;

/** What was made a moment ago is told of by the live changes, which may come after the answer. Resolves in any case. */
export function soon(isHere: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const end = performance.now() + WAIT_MS;
    const look = () => {
      if (isHere() || performance.now() > end) resolve();
      else window.setTimeout(look, 20);
    };
    look();
  });
}
