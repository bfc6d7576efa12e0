// axe in a page and in each of its frames, however busy the machine: axe's own builder gives a frame up after a second, and calls it untested.
import { AxeBuilder } from '@axe-core/playwright';
import { expect } from '@playwright/test';
import axe from 'axe-core';

const ready = new WeakSet();

class PatientBuilder extends AxeBuilder {
  /** Nothing: every frame has axe. The package's own waits a second for a frame, even for an empty script, and axe is at work in the page meanwhile. */
  async inject() {}
}

/** An AxeBuilder whose frames have axe already. */
export async function axeIn(page) {
  const context = page.context();
  if (!ready.has(context)) await context.addInitScript(axe.source); // the empty page that axe sums up in, and frames to come
  ready.add(context);
  for (const frame of page.frames()) await frame.evaluate(axe.source);
  return new PatientBuilder({ page, axeSource: 'void 0' });
}

/** No frame was left out. */
export function expectAllTested({ incomplete }) {
  expect(incomplete.map(({ id }) => id)).not.toContain('frame-tested');
}
