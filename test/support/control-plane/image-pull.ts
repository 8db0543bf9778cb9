// What a kubelet says of an image that it cannot get.
import { normalImage } from './container.ts';
import type { Happening } from './events.ts';

export interface Refusal {
  readonly waiting: { readonly reason: string; readonly message: string };
  readonly told: readonly Pick<Happening, 'type' | 'reason' | 'message'>[];
}

/** As an annotation wishes it, with the waiting reason `reason`. */
export function wishedRefusal(image: string, reason: string): Refusal {
  const full = normalImage(image);
  const backsOff = reason === 'ImagePullBackOff';
  const message = backsOff
    ? `Back-off pulling image "${image}"`
    : `rpc error: code = NotFound desc = failed to pull and unpack image "${full}": ${full}: not found`;
  const failed = `Failed to pull image "${image}": ${full}: not found`;
  return {
    waiting: { reason, message },
    told: [
      { type: 'Warning', reason: 'Failed', message: failed },
      ...(backsOff ? [{ type: 'Normal', reason: 'BackOff', message } as const] : []),
    ],
  };
}

/** As a runtime said it, at once: `why` are its words. */
export function refusalNow(image: string, why: string): Refusal {
  return {
    waiting: { reason: 'ErrImagePull', message: why },
    told: [
      { type: 'Warning', reason: 'Failed', message: `Failed to pull image "${image}": ${why}` },
      { type: 'Warning', reason: 'Failed', message: 'Error: ErrImagePull' },
    ],
  };
}

/** And while it waits before it tries again. */
export function refusalLater(image: string): Refusal {
  const message = `Back-off pulling image "${image}"`;
  return {
    waiting: { reason: 'ImagePullBackOff', message },
    told: [
      { type: 'Normal', reason: 'BackOff', message },
      { type: 'Warning', reason: 'Failed', message: 'Error: ImagePullBackOff' },
    ],
  };
}
