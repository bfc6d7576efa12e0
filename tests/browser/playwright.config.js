import { defineConfig } from '@playwright/test';

export default defineConfig({
  testMatch: '**/*.spec.js',
  fullyParallel: true,
  workers: 2,
  timeout: 120_000, // for what hangs: expectations have a limit of their own, and a busy machine is no fault
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: 'list',
  use: {
    locale: 'en-US',
    trace: { mode: 'retain-on-failure', screenshots: false },
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
