// Recordings that are not saved yet, kept in this browser second by second: a tab that crashes or a battery that runs out
// loses one second. A take is {id, user, rate, begunAt, title, trim}; a page holds a lock on the one it works on.
const NAME = "loa-recorder";

function ask(request) {
  return new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
}

function open() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("takes", { keyPath: "id" });
    request.result.createObjectStore("pieces", { keyPath: ["take", "n"] });
  };
  return ask(request);
}

const database = open();
database.catch(() => {}); // told by the first call that needs it

const ofTake = (id) => IDBKeyRange.bound([id], [id, []]);

async function store(name, mode) {
  return (await database).transaction(name, mode, { durability: "relaxed" }).objectStore(name);
}

// Say that this page works on a take, until the page is gone.
export function hold(id) {
  navigator.locks?.request(`${NAME}/${id}`, () => new Promise(() => {}));
}

export async function put(take) {
  await ask((await store("takes", "readwrite")).put(take));
}

export async function add(id, n, samples) {
  await ask((await store("pieces", "readwrite")).put({ take: id, n, samples }));
}

// The takes of a person that no open page works on, newest first, each with its samples.
export async function left(user) {
  const held = new Set(((await navigator.locks?.query())?.held ?? []).map((lock) => lock.name));
  const takes = (await ask((await store("takes")).getAll())).filter(
    (take) => take.user === user && !held.has(`${NAME}/${take.id}`),
  );
  for (const take of takes) take.pieces = await ask((await store("pieces")).getAll(ofTake(take.id)));
  return takes.filter((take) => take.pieces.length > 0).sort((a, b) => b.begunAt - a.begunAt);
}

export async function drop(id) {
  await ask((await store("pieces", "readwrite")).delete(ofTake(id)));
  await ask((await store("takes", "readwrite")).delete(id));
}
