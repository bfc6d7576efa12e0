// Lighthouse on the phone profile, against the storefront of `cargo run`: 100 in all four categories, or it fails.
import { launch } from 'chrome-launcher';
import lighthouse from 'lighthouse';
import { startTill } from './servers.mjs';

const categories = ['performance', 'accessibility', 'best-practices', 'seo'];
const till = await startTill();
const chrome = await launch({ chromePath: process.env.CHROMIUM ?? '/usr/bin/chromium', chromeFlags: ['--headless=new', '--no-sandbox', '--disable-gpu'] });
try {
  const { lhr } = await lighthouse(till.page, { port: chrome.port, onlyCategories: categories, logLevel: 'error' });
  const measured = ['first-contentful-paint', 'largest-contentful-paint', 'total-blocking-time', 'cumulative-layout-shift'].map((id) => `${id} ${lhr.audits[id].displayValue}`);
  for (const id of categories) {
    const { score, auditRefs } = lhr.categories[id];
    const missed = auditRefs.filter(({ id: audit, weight }) => weight > 0 && (lhr.audits[audit].score ?? 1) < 1).map(({ id: audit }) => audit);
    console.log(`${id} ${Math.round(score * 100)}${missed.length ? ` (short of full marks: ${missed.join(', ')})` : ''}`);
    if (score < 0.995) process.exitCode = 1;
  }
  console.log(measured.join(' · '));
} finally {
  await chrome.kill();
  await till.stop();
}
