"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const at = (id) => document.getElementById(id);
const words = Object.fromEntries(
  [...at("words").content.querySelectorAll("[data-word]")].map((node) => [node.dataset.word, node.textContent]));
const SHOWN = 50000;
const place = `unmask-labels-${data.digest}`;
const options = data.rubric.choices;
let answers = {};
let current = 0;

function made(tag, text, name) {
  const node = document.createElement(tag);
  node.textContent = text;
  if (name) node.className = name;
  return node;
}

async function remembered() {
  if (data.served) return (await fetch("answers")).json();
  try { return JSON.parse(localStorage.getItem(place) || "{}"); }
  catch { at("state").textContent = words.local; return {}; }
}

async function keep(id, answer) {
  if (data.served) {
    const sent = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ id, answer }) };
    const told = await fetch("answer", sent);
    if (!told.ok) throw new Error(told.statusText);
  } else {
    localStorage.setItem(place, JSON.stringify({ ...answers, [id]: answer }));
  }
}

async function parts(item) {
  return item.parts || (await (await fetch(`item?id=${item.id}`)).json()).parts;
}

async function show() {
  const item = data.items[current];
  const shown = await parts(item);
  if (data.items[current] !== item) return;
  const holder = at("transcript");
  holder.replaceChildren();
  for (const part of shown) {
    const text = made("pre", part.text.slice(0, SHOWN));
    holder.append(made("h2", part.name), text);
    if (part.text.length > SHOWN) {
      const more = made("button", `${words.more} ${part.text.length - SHOWN}`);
      more.addEventListener("click", () => { text.textContent = part.text; more.remove(); });
      holder.append(more);
    }
  }
  scrollTo(0, 0);
  marked();
}

function marked() {
  const done = data.items.filter((item) => item.id in answers).length;
  at("bar").max = data.items.length;
  at("bar").value = done;
  at("count").textContent = `${current + 1} ${words.of} ${data.items.length}, ${done} ${words.labelled}`;
  const given = answers[data.items[current].id];
  [...at("choices").children].forEach((node, n) => node.setAttribute("aria-pressed", String(options[n].name === given)));
  at("end").hidden = done < data.items.length;
  at("end-served").hidden = !data.served;
  at("end-file").hidden = data.served;
  at("finish").hidden = !data.served;
  at("save").hidden = data.served;
}

async function choose(n) {
  const item = data.items[current];
  const answer = options[n].name;
  try {
    await keep(item.id, answer);
    at("state").textContent = words.kept;
  } catch {
    at("state").textContent = data.served ? words.lost : words.local;
    if (data.served) return;
  }
  answers[item.id] = answer;
  marked();
  if (data.items.some((one) => !(one.id in answers))) move(1);
}

function move(step) {
  current = Math.min(Math.max(current + step, 0), data.items.length - 1);
  return show();
}

function nextOpen() {
  const found = [...data.items.keys()].map((n) => (current + 1 + n) % data.items.length)
    .find((n) => !(data.items[n].id in answers));
  if (found !== undefined) { current = found; show(); }
}

function save() {
  const lines = data.items.filter((item) => item.id in answers)
    .map((item) => JSON.stringify({ id: item.id, answer: answers[item.id] }) + "\n");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(lines, { type: "application/jsonl" }));
  link.download = "answers.jsonl";
  link.click();
  URL.revokeObjectURL(link.href);
}

async function finish() {
  const told = await fetch("finish", { method: "POST", headers: { "Content-Type": "application/json" }, body: "{}" });
  at("agreement").textContent = await told.text();
  at("agreement").hidden = false;
}

function built() {
  at("rubric").textContent = data.rubric.id;
  at("about").textContent = data.rubric.about;
  for (const one of data.rubric.criteria) {
    const line = made("p", "");
    line.append(made("strong", one.id), ` ${one.question} `, made("small", `${words.not} ${one.does_not_count}`));
    at("criteria").append(line);
  }
  options.forEach((one, n) => {
    const key = n === options.length - 1 ? 0 : n + 1;
    const button = document.createElement("button");
    button.type = "button";
    const counts = one.yes === null ? words.none : one.yes ? words.yes : words.no;
    button.append(made("kbd", key), made("span", one.name.replaceAll("_", " ")), made("small", counts));
    for (const rule of one.rules) {
      const needs = [["met", rule.met], ["unmet", rule.unmet]].filter(([, names]) => names.length)
        .map(([word, names]) => `${words[word]} ${names.join(", ")}`);
      if (needs.length) button.append(made("small", needs.join("; "), "rules"));
    }
    button.addEventListener("click", () => choose(n));
    at("choices").append(button);
  });
  at("previous").addEventListener("click", () => move(-1));
  at("next").addEventListener("click", () => move(1));
  at("open").addEventListener("click", nextOpen);
  at("save").addEventListener("click", save);
  at("finish").addEventListener("click", finish);
  document.addEventListener("keydown", pressed);
}

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const number = /^[0-9]$/.test(event.key) ? Number(event.key) : -1;
  const n = number === 0 ? options.length - 1 : number - 1;
  if (number >= 0 && n < options.length && (number === 0 || n < options.length - 1)) choose(n);
  else if (event.key === "ArrowLeft") move(-1);
  else if (event.key === "ArrowRight") move(1);
  else if (event.key === "g") nextOpen();
  else if (event.key === "s" && !data.served) save();
  else return;
  event.preventDefault();
}

(async () => {
  built();
  answers = await remembered();
  const open = data.items.findIndex((item) => !(item.id in answers));
  current = open < 0 ? 0 : open;
  await show();
})();
