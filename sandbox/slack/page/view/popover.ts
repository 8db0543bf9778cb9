// A box that opens at a button (menus, choices), above everything else; the browser closes it at Escape or a click elsewhere.

import type { RefObject } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';

const GAP = 4;

/** Below the button, or above where there is more room; never outside the window. */
function putAt(button: Element, box: HTMLElement, align: 'start' | 'end'): void {
  const at = button.getBoundingClientRect();
  const { innerWidth: width, innerHeight: height } = window;
  box.style.minWidth = `${Math.min(at.width, width - 16)}px`;
  const below = height - at.bottom - GAP - 8;
  const above = at.top - GAP - 8;
  const isBelow = below >= Math.min(box.scrollHeight, 280) || below >= above;
  box.style.maxHeight = `${Math.max(120, Math.min(isBelow ? below : above, 420))}px`;
  const size = box.getBoundingClientRect();
  const left = align === 'start' ? at.left : at.right - size.width;
  box.style.left = `${Math.max(8, Math.min(left, width - size.width - 8))}px`;
  box.style.top = `${Math.max(8, isBelow ? at.bottom + GAP : at.top - GAP - size.height)}px`;
}

export interface Popover {
  id: string;
  open: boolean;
  box: RefObject<HTMLDivElement | null>;
  close: () => void;
  /** To spread on the button and on the box. */
  buttonProps: Record<string, unknown>;
  boxProps: Record<string, unknown>;
}

/** @param onOpen called when the box is shown and in place, to move the focus. */
export function usePopover(align: 'start' | 'end', onOpen: (box: HTMLDivElement) => void): Popover {
  const id = useId();
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (!open || box.current === null || button.current === null) return;
    putAt(button.current, box.current, align);
    onOpen(box.current);
  }, [open]);
  return {
    id,
    open,
    box,
    close: () => box.current?.hidePopover(),
    buttonProps: {
      ref: button,
      // Tells the browser which button the box belongs to, so that a press on it is no click elsewhere.
      popovertarget: id,
      onClick(event: Event) {
        // Opened here, not by the browser: its own news of it comes late, and keys typed until then would be lost.
        event.preventDefault();
        if (open) box.current?.hidePopover();
        else {
          box.current?.showPopover();
          setOpen(true);
        }
      },
    },
    boxProps: {
      id,
      ref: box,
      popover: 'auto',
      onToggle: (event: Event & { newState?: string; target: EventTarget | null }) => {
        if (event.target === box.current) setOpen(event.newState === 'open');
      },
    },
  };
}
