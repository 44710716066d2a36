// Drag a broadcast to another time: by mouse at once, by touch after holding it. In a lane along its hours; in the week
// to another day, and where the days stand side by side up and down by minutes. A drop fills in the broadcast's own form
// and sends it, as its fields do without any dragging; the hub says whether it fits.
(() => {
  "use strict";
  const STEP_MIN = 5;
  const HOLD_MS = 350;
  const SLOP_PX = 8; // a finger that moves sooner scrolls
  const START_PX = 4;
  const DAY_MIN = 1440;
  const EDGE_PX = 32;
  const EDGE_STEP_PX = 3;
  const calendar = document.getElementById("calendar");
  const label = document.getElementById("drag-label");
  const lanes = calendar.querySelector(".lanes");
  const scroll = calendar.querySelector(".lanes-scroll");
  const words = calendar.dataset;
  const dayNames = words.days.split(" ");
  let held = null; // pressed, not yet dragged
  let drag = null;
  let isCarried = false; // the click that ends a drag opens nothing, dropped or let go

  const formOf = (id) => document.getElementById(`move-${id}`);
  const snap = (minute) => Math.round(minute / STEP_MIN) * STEP_MIN;
  const moment = (local) => new Date(`${local}Z`); // local times are reckoned with as if they were UTC
  const local = (at) => at.toISOString().slice(0, 16);
  const plus = (text, minutes) => local(new Date(moment(text).getTime() + minutes * 60000));

  function minuteOf(text) {
    return moment(text).getUTCHours() * 60 + moment(text).getUTCMinutes();
  }

  function isTimedByHeight() {
    const days = calendar.querySelectorAll("section[data-day]");
    return days.length === 1 || days[0].getBoundingClientRect().top === days[1].getBoundingClientRect().top;
  }

  function inLane(x) {
    const box = drag.from.closest("svg").getBoundingClientRect();
    const minute = ((x - box.left) / box.width) * DAY_MIN - drag.gripMin;
    const first = snap(minuteOf(lanes.dataset.start) + minute) - minuteOf(lanes.dataset.start);
    const kept = Math.min(Math.max(first, 0), DAY_MIN - STEP_MIN);
    for (const bar of drag.bars) bar.setAttribute("transform", `translate(${kept - Number(bar.dataset.from)} 0)`);
    return plus(lanes.dataset.start, kept);
  }

  function inDays(x, y) {
    drag.from.style.transform = `translate(${x - drag.x}px, ${y - drag.y}px)`;
    const under = document.elementsFromPoint(x, y).find((each) => each.closest("section[data-day]"));
    const day = under ? under.closest("section[data-day]").dataset.day : drag.at.slice(0, 10);
    for (const each of calendar.querySelectorAll("section[data-day]")) {
      each.classList.toggle("target", each.dataset.day === day);
    }
    const down = drag.isTimed ? Math.sign(y - drag.y) * Math.max(0, Math.abs(y - drag.y) - 12) : 0;
    const minute = Math.min(Math.max(down ? snap(minuteOf(drag.at) + down) : minuteOf(drag.at), 0), DAY_MIN - STEP_MIN);
    return plus(`${day}T00:00`, minute);
  }

  function show(x, y) {
    drag.to = scroll?.contains(drag.from) ? inLane(x) : inDays(x, y);
    const at = moment(drag.to);
    const isPast = drag.to <= words.now;
    const said = [`${drag.to.slice(11)} · ${dayNames[(at.getUTCDay() + 6) % 7]} ${at.getUTCDate()}/${at.getUTCMonth() + 1}`];
    if (isPast) said.push(words.past);
    else if (drag.isApproved && drag.to !== drag.at) said.push(words.anew);
    label.textContent = said.join(" · ");
    label.classList.toggle("bad", isPast);
    label.style.left = `${Math.min(Math.max(x, label.offsetWidth / 2 + 4), innerWidth - label.offsetWidth / 2 - 4)}px`;
    label.style.top = `${Math.max(y - 64, 4)}px`;
  }

  function scrollAtEdges() {
    if (!drag) return;
    const box = scroll?.getBoundingClientRect();
    if (box && scroll.contains(drag.from) && scroll.scrollWidth > scroll.clientWidth) {
      const step = drag.lastX > box.right - EDGE_PX ? EDGE_STEP_PX : drag.lastX < box.left + EDGE_PX ? -EDGE_STEP_PX : 0;
      if (step) {
        scroll.scrollLeft += step;
        show(drag.lastX, drag.lastY);
      }
    }
    requestAnimationFrame(scrollAtEdges);
  }

  function begin() {
    const { from, x, y, pointer } = held;
    const form = formOf(from.dataset.move);
    clearTimeout(held.timer);
    held = null;
    if (!form) return;
    isCarried = true;
    const svg = from.closest("svg");
    const box = svg?.getBoundingClientRect();
    drag = {
      from, form, x, y, lastX: x, lastY: y,
      at: form.dataset.at,
      isApproved: form.dataset.approved === "yes",
      isTimed: isTimedByHeight(),
      gripMin: box ? ((x - box.left) / box.width) * DAY_MIN - Number(from.dataset.from) : 0,
      bars: calendar.querySelectorAll(`.lane [data-move="${CSS.escape(from.dataset.move)}"]`),
    };
    from.setPointerCapture?.(pointer);
    calendar.classList.add("dragging");
    for (const each of svg ? drag.bars : [from]) each.classList.add("moved");
    label.hidden = false;
    navigator.vibrate?.(15);
    show(x, y);
    requestAnimationFrame(scrollAtEdges);
  }

  function end() {
    clearTimeout(held?.timer);
    held = null;
    if (!drag) return null;
    const done = drag;
    drag = null;
    calendar.classList.remove("dragging");
    for (const each of calendar.querySelectorAll(".target")) each.classList.remove("target");
    label.hidden = true;
    return done;
  }

  function putBack(done) {
    for (const each of [done.from, ...done.bars]) {
      each.classList.remove("moved");
      each.removeAttribute("transform");
      each.style.transform = "";
    }
  }

  function drop() {
    const done = end();
    if (!done) return;
    if (done.to === done.at || done.to <= words.now) {
      putBack(done);
      return;
    }
    done.form.elements.to.value = done.to;
    done.form.submit();
  }

  function cancel() {
    const done = end();
    if (done) putBack(done);
  }

  calendar.addEventListener("pointerdown", (event) => {
    const from = event.target.closest("[data-move]");
    if (!from || event.button !== 0 || !event.isPrimary) return;
    held = { from, x: event.clientX, y: event.clientY, pointer: event.pointerId, isTouch: event.pointerType !== "mouse" };
    if (held.isTouch) held.timer = setTimeout(begin, HOLD_MS);
  });
  document.addEventListener("pointermove", (event) => {
    if (held) {
      const far = Math.hypot(event.clientX - held.x, event.clientY - held.y);
      if (held.isTouch && far > SLOP_PX) end();
      else if (!held.isTouch && far > START_PX) begin();
    }
    if (!drag) return;
    [drag.lastX, drag.lastY] = [event.clientX, event.clientY];
    show(event.clientX, event.clientY);
  });
  document.addEventListener("pointerup", () => {
    drop();
    setTimeout(() => { isCarried = false; }, 0); // after the click
  });
  document.addEventListener("pointercancel", () => {
    cancel();
    isCarried = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") cancel();
  });
  document.addEventListener("touchmove", (event) => {
    if (drag) event.preventDefault(); // the finger carries, it does not scroll
  }, { passive: false });
  calendar.addEventListener("contextmenu", (event) => {
    if (drag || held?.isTouch) event.preventDefault();
  });
  calendar.addEventListener("dragstart", (event) => {
    if (event.target.closest?.("[data-move]")) event.preventDefault(); // links would be dragged as links
  });
  calendar.addEventListener("click", (event) => {
    if (isCarried) event.preventDefault();
  }, true);
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload(); // what was dragged lies elsewhere by now
  });

  // The lanes are wider than a phone: what was just moved is seen first, or what comes next.
  if (scroll && scroll.scrollWidth > scroll.clientWidth) {
    const bars = Array.from(lanes.querySelectorAll("[data-move]"));
    const told = bars.find((bar) => bar.dataset.move === words.told);
    const now = Number(lanes.dataset.now);
    const next = now > 0 && now < DAY_MIN ? now : Math.min(...bars.map((bar) => bar.dataset.from), 5 * 60);
    const first = told ? Number(told.dataset.from) : next;
    scroll.scrollLeft = (first / DAY_MIN) * lanes.scrollWidth - 80;
  }
})();
