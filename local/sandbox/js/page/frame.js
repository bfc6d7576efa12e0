// Frames of this script's own origin, and the channel between the page and each.

// `stripe.js?loaderror=cardNumber` makes that Element fail to load; the parameter may repeat.
const source = new URL(document.currentScript.src);
const documentWithin = 15_000; // ms, until a frame's document has loaded
const readyWithin = 5_000; // ms, from then until its script has answered

const randomId = () => crypto.getRandomValues(new Uint32Array(4)).join('-');

// A frame of the stand-in and the channel to it: `hear` gets its messages, `fail` is called if it
// does not come up; what is sent before it is ready waits.
function createFrame({ path, title, greeting, hear, fail }) {
  const node = document.createElement('iframe');
  const waiting = [];
  let timer = setTimeout(fail, documentWithin);
  let ready = false;
  let port;

  // A frame that is moved within the page loads, and is greeted, once more.
  node.addEventListener('load', () => {
    clearTimeout(timer);
    timer = setTimeout(fail, readyWithin);
    ready = false;
    const { port1, port2 } = new MessageChannel();
    port = port1;
    port.onmessage = ({ data }) => {
      if (data.event === 'ready') {
        clearTimeout(timer);
        ready = true;
        for (const message of waiting.splice(0)) port.postMessage(message);
      }
      hear(data);
    };
    node.contentWindow.postMessage(greeting(), source.origin, [port2]);
  });
  node.title = title;
  node.src = new URL(`/js/${path}`, source).href;
  return {
    node,
    isReady: () => ready,
    send: (message) => (ready ? port.postMessage(message) : waiting.push(message)),
    remove() {
      clearTimeout(timer);
      port?.close();
      node.remove();
    },
  };
}
