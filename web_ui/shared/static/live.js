/* Server-sent events with what EventSource lacks: one stream per browser, a watch for silence, and polling.

   A browser allows six connections per server over HTTP/1.1, so a seventh tab with its own stream hangs.
   Tabs therefore elect one leader by a Web Lock; it passes every event on by BroadcastChannel.

   `onOpen` is called whenever a stream opens: what happened before that may have been missed.
   States: "connecting", "on", "polling" (the server has no free stream), "off". */

const STALE_MS = 15_000; // the server says something at least every 10 s
const POLL_MS = 5_000; // what the server asks for when it has no stream to give
const RETRY_MS = 2_000;

export function listen(url, { events, onState = () => {}, onOpen = () => {}, onPoll = () => {}, shared = true }) {
  const channel = shared && "BroadcastChannel" in window ? new BroadcastChannel(`live ${url}`) : null;
  let source = null;
  let heardAt = performance.now();
  let state = "connecting";
  let polling = null;

  function tell(kind, data) {
    hear(kind, data);
    channel?.postMessage([kind, data]);
  }

  function hear(kind, data) {
    heardAt = performance.now();
    if (kind === "state") setState(data);
    else if (kind === "open") setState("on"), onOpen();
    else if (kind === "ask") source && channel.postMessage(["state", state]);
    else if (kind in events) events[kind](data);
  }

  function setState(next) {
    if (next === state) return;
    const was = state;
    state = next;
    clearInterval(polling);
    polling = next === "polling" ? setInterval(onPoll, POLL_MS) : null;
    onState(next, was);
  }

  function open() {
    source?.close();
    source = new EventSource(url);
    source.onopen = () => tell("open");
    source.addEventListener("beat", () => tell("beat"));
    for (const name of Object.keys(events)) {
      source.addEventListener(name, (event) => tell(name, event.data));
    }
    source.onerror = () => {
      // CLOSED means the server answered, but not with a stream: it has none to give.
      const refused = source.readyState === EventSource.CLOSED;
      tell("state", refused ? "polling" : "off");
      if (refused) setTimeout(open, POLL_MS);
    };
  }

  setInterval(() => {
    if (state !== "on" || performance.now() - heardAt < STALE_MS) return;
    setState("off");
    if (source) open(); // a connection that hangs gives no error by itself
  }, RETRY_MS);

  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", (event) => event.persisted && location.reload());

  if (channel) {
    channel.onmessage = (message) => hear(...message.data);
    channel.postMessage(["ask"]);
  }
  if (channel && navigator.locks) navigator.locks.request(`live ${url}`, () => new Promise(open));
  else open();
}
