// Asks the service: JSON, files and streams of events, with the person's key where one is needed. What goes wrong is a `Problem`.

import * as key from "./key.js";
import { upright } from "./elements.js";

/** A refusal or failure, with what the service said of it (RFC 9457). */
export class Problem extends Error {
  constructor({ status = 0, code = "unknown", detail = "", candidates = [], retryAfter = null }) {
    super(detail);
    Object.assign(this, { status, code, candidates, retryAfter });
  }
}

/** The answer to a request; asks for a key where the service wants one, and then again. */
export async function request(path, { method = "GET", body, accept = "application/json", signal } = {}) {
  for (;;) {
    const headers = { accept, ...key.headers() };
    if (body !== undefined) headers["content-type"] = "application/json";
    const response = await sent(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), signal });
    if (response.ok) return response;
    const problem = await problemOf(response);
    if (problem.status !== 401 || !(await key.wanted(key.has() ? problem.message : null))) throw problem;
  }
}

export const json = async (path, options) => upright(await (await request(path, options)).json());

export const file = async (path, accept) => (await request(path, { accept })).blob();

async function sent(path, options) {
  try {
    // Without credentials of the browser's, which would open its own window for a password.
    return await fetch(path, { ...options, credentials: "omit", cache: "no-store", redirect: "error" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem({ code: "unreachable", detail: "The service did not answer." });
  }
}

async function problemOf(response) {
  const retryAfter = Number.parseInt(response.headers.get("retry-after") ?? "", 10);
  const told = upright(await response.json().catch(() => ({})));
  return new Problem({ ...told, status: response.status, retryAfter: Number.isNaN(retryAfter) ? null : retryAfter });
}

/** Posts `body` and hands each event of the answer to `hear`; ends with the stream. */
export async function stream(path, body, signal, hear) {
  const response = await request(path, { method: "POST", body, accept: "text/event-stream", signal });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let unread = "";
  for (;;) {
    const { done, value } = await piece(reader);
    if (done) return;
    unread += value;
    const frames = unread.split("\n\n");
    unread = frames.pop();
    for (const frame of frames) {
      const event = eventOf(frame);
      if (event) hear(event);
    }
  }
}

async function piece(reader) {
  try {
    return await reader.read();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem({ code: "cut", detail: "The connection ended before the answer did." });
  }
}

/** An event stands on one line of data; comments keep the connection alive. */
function eventOf(frame) {
  const line = frame.split("\n").find((line) => line.startsWith("data: "));
  return line ? upright(JSON.parse(line.slice("data: ".length))) : null;
}
