// Working time left, counted only inside the working windows that the server sent along.

/** Milliseconds of working time between `from` and `to`; windows are sorted [start, end] pairs in milliseconds. */
export function workingTime(windows, from, to) {
  let total = 0;
  for (const [start, end] of windows) {
    total += Math.max(0, Math.min(end, to) - Math.max(start, from));
  }
  return total;
}

/** The window that contains `now`, or the next one. */
export function windowAt(windows, now) {
  return windows.find(([, end]) => end > now);
}

/** "1 小时 20 分", by the words the server sent; below a minute counts as one. */
export function spoken(milliseconds, words) {
  const minutes = Math.max(1, Math.ceil(milliseconds / 60000));
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (hours === 0) return words.minutes.replace("{m}", rest);
  if (rest === 0) return words.hours.replace("{h}", hours);
  return words.both.replace("{h}", hours).replace("{m}", rest);
}

/** "11-24 09:00" in the company's time zone, wherever the reader sits. */
export function companyTime(milliseconds, zone) {
  const two = { month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const format = new Intl.DateTimeFormat("en-GB", { ...two, timeZone: zone });
  const part = Object.fromEntries(format.formatToParts(milliseconds).map(({ type, value }) => [type, value]));
  return `${part.month}-${part.day} ${part.hour}:${part.minute}`;
}

/** What a running clock says at `now`: its text and its state. */
export function reading(clock, now, words) {
  if (now >= clock.due) {
    const late = workingTime(clock.windows, clock.due, now);
    return { state: "overdue", text: words.overdue.replace("{t}", spoken(late, words)) };
  }
  const left = workingTime(clock.windows, now, clock.due);
  const open = windowAt(clock.windows, now);
  const state = clock.warn !== null && now >= clock.warn ? "near" : "running";
  const text = words.left.replace("{t}", spoken(left, words));
  if (open && open[0] > now) {
    return { state, text: `${text} · ${words.opens.replace("{w}", companyTime(open[0], words.zone))}` };
  }
  return { state, text };
}
