// Before the first paint: the theme the person chose, or the system's.
const chosen = document.cookie.match(/(?:^|; )jiedan_theme=(light|dark)/);
const dark = chosen ? chosen[1] === "dark" : window.matchMedia("(prefers-color-scheme: dark)").matches;
document.documentElement.dataset.bsTheme = dark ? "dark" : "light";
