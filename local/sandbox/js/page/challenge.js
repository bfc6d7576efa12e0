// The 3-D Secure challenge: a modal dialog over the merchant's page, holding one frame. The dialog keeps the focus,
// makes the page inert and gives the focus back.

const overPage = {
  'box-sizing': 'border-box',
  width: 'min(25rem, 100vw - 1rem)',
  'max-width': 'none',
  'max-height': 'calc(100dvh - 1rem)',
  margin: 'auto',
  padding: '0',
  overflow: 'auto',
  // Seen in forced colours, which drop the shadow that dims the page.
  border: '2px solid transparent',
  'border-radius': '0.5rem',
  background: 'Canvas',
  'color-scheme': 'light dark',
  'box-shadow': '0 0 0 100vmax rgb(0 0 0 / 60%)',
};

/** Resolves to `complete`, `fail` or `cancel`, as the shopper chose; to undefined if the challenge does not load. */
function showChallenge({ amount, currency }, locale) {
  return new Promise((resolve) => {
    const dialog = document.createElement('dialog');
    let before;
    const frame = createFrame({
      path: 'challenge.html',
      title: '',
      greeting: () => ({ locale, amount, currency }),
      hear: ({ event, detail }) => {
        if (event === 'title') dialog.ariaLabel = frame.node.title = detail;
        else if (event === 'height') setStyle(frame.node, { height: `${detail}px` });
        else if (event === 'result') dialog.close(detail);
        else open();
      },
      fail: () => end(),
    });

    function open() {
      before ??= document.activeElement;
      dialog.showModal();
      frame.node.focus();
      frame.send({ command: 'focus' });
    }

    function end(result) {
      frame.remove();
      dialog.remove();
      // The browser does so by itself, except into another frame: a card field.
      before?.focus();
      resolve(result);
    }

    // Closed by the frame, or by the browser: Escape outside of the frame, a phone's back gesture.
    dialog.addEventListener('close', () => end(dialog.returnValue || 'cancel'));
    setStyle(dialog, overPage);
    setStyle(frame.node, { display: 'block', width: '100%', height: '20rem', border: '0', 'color-scheme': 'light dark' });
    dialog.append(frame.node);
    document.body.append(dialog);
  });
}
