// What the browser gives to the modules that decide: network, clocks, timers, storage, locks.

const storage = (name) => {
  try {
    return window[name];
  } catch {
    return { getItem: () => null, setItem() {}, removeItem() {} }; // forbidden: nothing is kept, and no payment starts
  }
};

const noLocks = { request: () => Promise.reject(Object.assign(new Error('no Web Locks'), { code: 'no_storage' })) };

export const platform = {
  fetch: (...request) => fetch(...request),
  setTimeout: (...timer) => setTimeout(...timer),
  clearTimeout: (timer) => clearTimeout(timer),
  now: () => Date.now(),
  ticks: () => performance.now(),
  random: () => Math.random(),
  randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  locks: navigator.locks ?? noLocks,
  localStorage: storage('localStorage'),
  sessionStorage: storage('sessionStorage'),
  report: (error) => reportError(error),
};
