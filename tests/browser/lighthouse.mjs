// Lighthouse on the phone profile, against the storefront of `cargo run` behind an edge as CloudFront is one (HTTP/2,
// compressed): 100 in all four categories, or it fails. Of five runs the median counts: <https://github.com/GoogleChrome/lighthouse/blob/main/docs/variability.md>
import { launch } from 'chrome-launcher';
import lighthouse from 'lighthouse';
import { startEdge } from './edge.mjs';
import { startTill } from './servers.mjs';

const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'];
const TIMES = ['first-contentful-paint', 'largest-contentful-paint', 'total-blocking-time', 'cumulative-layout-shift'];
const RUNS = 5;

const till = await startTill();
const edge = await startEdge(till.page);
const chrome = await launch({ chromePath: process.env.CHROMIUM ?? '/usr/bin/chromium', chromeFlags: ['--headless=new', '--no-sandbox', '--disable-gpu', '--ignore-certificate-errors'] });
try {
  const runs = [];
  for (let attempt = 0; runs.length < RUNS; attempt += 1) {
    if (attempt > RUNS) throw new Error('Lighthouse does not record this page');
    const { lhr } = await lighthouse(edge.page, { port: chrome.port, onlyCategories: CATEGORIES, logLevel: 'error' });
    if (lhr.runtimeError) {
      console.log(lhr.runtimeError.message); // at times Lighthouse misses the start of a load, and asks for another
      continue;
    }
    console.log(`performance ${Math.round(lhr.categories.performance.score * 100)}: ${TIMES.map((id) => `${id} ${lhr.audits[id].displayValue}`).join(' · ')}`);
    runs.push(lhr);
  }
  const median = runs.sort((a, b) => a.categories.performance.score - b.categories.performance.score)[(RUNS - 1) / 2];
  for (const id of CATEGORIES) {
    const { score, auditRefs } = median.categories[id];
    const missed = auditRefs.filter(({ id: audit, weight }) => weight > 0 && (median.audits[audit].score ?? 1) < 1).map(({ id: audit }) => audit);
    console.log(`${id} ${Math.round(score * 100)}${missed.length ? ` (short of full marks: ${missed.join(', ')})` : ''}`);
    if (score < 0.995) process.exitCode = 1;
  }
  const own = median.audits['network-requests'].details.items.filter(({ url }) => url.startsWith(edge.page));
  console.log(`own bytes as they came, with their headers: ${own.reduce((sum, { transferSize }) => sum + transferSize, 0)} in ${own.length} answers`);
} finally {
  await chrome.kill();
  edge.stop();
  await till.stop();
}
