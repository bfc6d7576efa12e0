// Whatever the simulation has seen a page show can be drawn, and says one thing about the money: views.jsonl is its list (make views).
import { readFileSync } from 'node:fs';
import { LANGUAGES, catalog, expect, merchant, test, words } from './shopper.js';

const VIEWS = readFileSync(new URL('views.jsonl', import.meta.url), 'utf8').trim().split('\n').map((line) => JSON.parse(line));

/** Sentences about the money, by what they say. */
const CLAIMS = {
  paid: ['paid.title', 'refunded.title'],
  unpaid: ['declined.title', 'declined.safe', 'refused.title', 'refused.cancelled', 'progress.stalled_closed'],
  unknown: ['unknown.title', 'unknown.wait', 'unknown.completes', 'unknown.unsettled'],
};

/** What a view may say, and only one of it. While the bank asks, nothing is charged. */
const MAY_SAY = { paid: ['paid'], declined: ['unpaid'], not_attempted: ['unpaid'], unknown: ['unknown'], action: ['unpaid'], stalled: ['unpaid'], idle: [] };

/** What it must say. */
const MUST_SAY = { paid: 'paid.title', declined: 'declined.title', not_attempted: 'refused.title', unknown: 'unknown.title', action: 'action.title', stalled: 'stalled.title' };

test('the list has every outcome, as it is found and as it is told', () => {
  const seen = new Set(VIEWS.map(({ state }) => state));
  expect([...seen].sort()).toEqual(['action', 'authenticating', 'closing', 'confirming', 'declined', 'idle', 'not_attempted', 'paid', 'sending', 'tokenizing', 'unknown']);
  expect(VIEWS.length).toBeGreaterThan(100);
});

for (const language of LANGUAGES) {
  test(`every view that the simulation saw is drawn, and does not contradict itself (${language})`, async ({ page, shopper }) => {
    await shopper.open();
    const faults = await page.evaluate(
      async ({ language, entries, views, merchant, catalog, claims, maySay, mustSay }) => {
        const [{ Words }, view, { Cart }, { isBusy }] = await Promise.all(['words', 'view', 'shop', 'payment-state'].map((name) => import(`/app/${name}.js`)));
        const words = new Words(language, language, entries);
        const nothing = () => {};
        const faults = [];
        const draw = (one, isNew) => {
          const payment = { ...one, busy: isBusy(one.state) || Boolean(one.otherTab.state) };
          const page = { words, payment, merchant, cart: new Cart(catalog, 'usd'), notice: new view.Notice(), card: { ready: true }, form: { hasErrors: false } };
          Object.assign(page, { progress: view.progressOf(payment), showShop: nothing, again: nothing, abandon: nothing, startOver: nothing });
          view.draw(page, isNew);
          return view.viewOf(payment);
        };
        for (const one of views) {
          try {
            draw({ state: 'idle', open: null, detail: {}, otherTab: { state: null, told: null } }, true);
            const shown = draw(one, true);
            const text = `${document.body.innerText}\n${document.title}`;
            const says = (key) => text.includes(entries[key]);
            const may = [...(maySay[shown] ?? []), ...(maySay[one.open] ?? [])];
            const said = Object.entries(claims).filter(([, keys]) => keys.some(says));
            for (const [claim, keys] of said) {
              if (said.length > 1 || !may.includes(claim)) faults.push(`${JSON.stringify(one)} says ${keys.filter(says)}`);
            }
            const must = mustSay[shown] && (shown === 'paid' && one.detail.receipt.refunded >= one.detail.receipt.amount ? 'refunded.title' : mustSay[shown]);
            if (must && !says(must)) faults.push(`${JSON.stringify(one)} does not say ${must}`);
            if (/undefined|\bnull\b|NaN|\[object|\{\w+\}|Invalid/.test(text)) faults.push(`${JSON.stringify(one)}: ${text}`);
          } catch (error) {
            faults.push(`${JSON.stringify(one)}: ${error}`);
          }
        }
        return faults;
      },
      { language, entries: words[language], views: VIEWS, merchant, catalog, claims: CLAIMS, maySay: MAY_SAY, mustSay: MUST_SAY },
    );
    expect(faults).toEqual([]);
  });
}
