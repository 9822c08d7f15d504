// The conversation with the host that shows this page: JSON-RPC by messages between windows, as the extension
// `io.modelcontextprotocol/ui` has it in its version 2026-01-26. Knows nothing of charts.
"use strict";

const host = (() => {
  const METHOD_NOT_FOUND = -32601;
  let lastId = 0;
  const awaited = new Map();

  /** To whoever shows the page: a page in a sandbox cannot know his origin, and we tell him sizes only. */
  function post(message) {
    window.parent.postMessage({ jsonrpc: "2.0", ...message }, "*");
  }

  function notify(method, params = {}) {
    post({ method, params });
  }

  function ask(method, params) {
    lastId += 1;
    const id = lastId;
    return new Promise((resolve, reject) => {
      awaited.set(id, { resolve, reject });
      post({ id, method, params });
    });
  }

  function hear(message, notifications, requests) {
    if (message.method === undefined) {
      const asked = awaited.get(message.id);
      awaited.delete(message.id);
      if (message.error) asked?.reject(new Error(String(message.error.message)));
      else asked?.resolve(message.result);
    } else if (message.id === undefined) {
      if (Object.hasOwn(notifications, message.method)) notifications[message.method](message.params ?? {});
    } else if (Object.hasOwn(requests, message.method)) {
      post({ id: message.id, result: requests[message.method](message.params ?? {}) });
    } else {
      post({ id: message.id, error: { code: METHOD_NOT_FOUND, message: "method not found" } });
    }
  }

  /** Listens, introduces the page, and tells `onContext` what the host says of itself. */
  async function connect({ notifications, requests, onContext }) {
    window.addEventListener("message", (event) => {
      if (event.source === window.parent && event.data?.jsonrpc === "2.0") hear(event.data, notifications, requests);
    });
    const welcome = await ask("ui/initialize", {
      protocolVersion: "2026-01-26",
      appInfo: { name: "trialogue-chart", version: "1" },
      appCapabilities: { availableDisplayModes: ["inline"] },
    });
    onContext(welcome?.hostContext ?? {});
    notify("ui/notifications/initialized");
  }

  /** Tells the host the size of the page, now and whenever it changes. */
  function reportSize() {
    const root = document.documentElement;
    let told = "";
    const tell = () => {
      // The height that the content needs, not the one that the host gave.
      root.style.height = "max-content";
      const size = { width: window.innerWidth, height: Math.ceil(root.getBoundingClientRect().height) };
      root.style.height = "";
      if (told === JSON.stringify(size)) return;
      told = JSON.stringify(size);
      notify("ui/notifications/size-changed", size);
    };
    const observer = new ResizeObserver(() => requestAnimationFrame(tell));
    observer.observe(root);
    observer.observe(document.body);
  }

  return { connect, reportSize };
})();
