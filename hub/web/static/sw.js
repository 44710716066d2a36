// The service worker. The hub writes two lines before this text: MARK and SHELL, the files of the pages.
// Files come from the cache; pages from the hub, and from what was last seen where it cannot be reached.
"use strict";
const SHELL_CACHE = `shell-${MARK}`;
const SEEN_CACHE = "seen";
const PERSON = "/seen-by";
const OFFLINE = "/offline";
const OWED_CACHE = "owed"; // there while a log-out did not reach the hub
const MOST_SEEN = 40;
const SEEN_FOR_MS = 7 * 24 * 3600 * 1000;
let turn = 0; // another one each time what was seen is forgotten: what was asked for before must not come back

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(SHELL_CACHE);
    await cache.addAll([...SHELL, OFFLINE].map((path) => new Request(path, { cache: "no-cache" })));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((n) => ![SHELL_CACHE, SEEN_CACHE, OWED_CACHE].includes(n)).map((n) => caches.delete(n)));
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (request.method === "POST" && pathname === "/logout") event.respondWith(logOut(request));
  if (request.method === "POST" && pathname === "/login") event.waitUntil(forget());
  if (request.method !== "GET") return;
  if (pathname.startsWith("/static/")) event.respondWith(file(request));
  else if (request.mode === "navigate") event.respondWith(page(event));
});

async function forget() {
  turn += 1;
  await caches.delete(SEEN_CACHE);
}

async function logOut(request) {
  await forget();
  try {
    return await fetch(request);
  } catch {
    await caches.open(OWED_CACHE);
    return offline();
  }
}

// Whoever logged out without the hub is logged out there before any page opens again.
async function payLogOut() {
  if (!(await caches.has(OWED_CACHE))) return;
  await fetch("/logout", { method: "POST", redirect: "manual" });
  await caches.delete(OWED_CACHE);
}

async function offline() {
  return (await caches.open(SHELL_CACHE)).match(OFFLINE);
}

async function file(request) {
  const shell = await caches.open(SHELL_CACHE);
  const held = await shell.match(request);
  if (held) return held;
  try {
    return await fetch(request);
  } catch (error) {
    // A page that was kept before the hub was renewed asks for the file of then.
    const newer = await shell.match(request, { ignoreSearch: true });
    if (newer) return newer;
    throw error;
  }
}

async function page(event) {
  const asked = turn;
  try {
    await payLogOut();
    const answer = await fetch(event.request);
    event.waitUntil(consider(event.request.url, answer.clone(), asked));
    return answer;
  } catch {
    return (await lastSeen(event.request.url)) ?? offline();
  }
}

async function consider(url, answer, asked) {
  const person = answer.headers.get("Loa-Person");
  if (!person) return;
  if (person === "nobody") {
    await forget();
    return;
  }
  let seen = await caches.open(SEEN_CACHE);
  const before = await seen.match(PERSON);
  if (before && (await before.text()) !== person) {
    await forget();
    asked = turn;
    seen = await caches.open(SEEN_CACHE);
  }
  if (asked !== turn || !answer.ok || !answer.headers.get("Loa-Offline")) return;
  await keep(seen, url, answer, person);
  if (asked !== turn) await forget();
}

async function keep(seen, url, answer, person) {
  const headers = new Headers(answer.headers);
  for (const name of ["Content-Encoding", "Content-Length", "Vary"]) headers.delete(name);
  headers.set("Loa-Seen-At", String(Date.now()));
  await seen.put(PERSON, new Response(person));
  await seen.delete(url);
  await seen.put(url, new Response(await answer.text(), { headers }));
  const pages = (await seen.keys()).filter((each) => new URL(each.url).pathname !== PERSON);
  for (const old of pages.slice(0, -MOST_SEEN)) await seen.delete(old);
}

async function lastSeen(url) {
  const held = await (await caches.open(SEEN_CACHE)).match(url);
  if (!held) return null;
  const seenAt = Number(held.headers.get("Loa-Seen-At"));
  if (Date.now() - seenAt > SEEN_FOR_MS) return null;
  const text = (await held.text()).replace("<html ", `<html data-seen-at="${seenAt}" `);
  return new Response(text, { headers: held.headers });
}
