// What is under way, in words: on the page, and as a status for those who do not see it.
import { say } from './words.js';

/** A key of the words, or null. `hint`: `waiting` while a request is sent again. */
export function progressOf({ state, open, busy, otherTab }, hint) {
  if (otherTab.state === 'waiting') return 'elsewhere';
  if (otherTab.state === 'stalled') return otherTab.told && `stalled_${otherTab.told}`;
  return hint ?? (busy ? (open && state !== 'authenticating' ? 'checking' : state) : null);
}

export function showProgress(words, progress) {
  const told = progress ? words.say(`progress.${progress}`) : '';
  for (const node of document.querySelectorAll('#said, .progress')) say(node, told);
}
