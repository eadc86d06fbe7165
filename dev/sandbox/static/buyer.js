"use strict";

const byId = (id) => document.getElementById(id);
const site = byId("site"), filter = byId("filter"), list = byId("orders"), composer = byId("composer");
const state = { orders: [], current: null, key: null, drawn: "" };

function element(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

async function getJson(url, options) {
  const response = await fetch(url, options);
  const data = await response.json();
  if (!response.ok) throw new Error(data.error || response.statusText);
  return data;
}

function place() {
  const [seller, code] = site.value.split("|");
  return { seller, code };
}

const words = (status) => status.toLowerCase().replaceAll("_", " ");

function amount(total) {
  if (!total) return "no price yet";
  return new Intl.NumberFormat("en", { style: "currency", currency: total.currencyCode }).format(total.amount);
}

function drawOrder(order) {
  const item = element("li"), button = element("button"), who = element("div", "who"), when = element("div", "when");
  who.append(element("span", "", order.buyer), element("span", `status ${order.status}`, words(order.status)));
  const more = order.others ? ` + ${order.others} more` : "";
  const messages = order.messages ? ` · ${order.messages} messages` : "";
  when.append(element("span", "", order.ref), element("span", "", `${amount(order.total)}${messages}`));
  button.append(who, element("div", "what", order.product + more), when);
  button.setAttribute("aria-current", state.current === order.ref);
  button.onclick = () => choose(order);
  item.append(button);
  return item;
}

function drawOrders() {
  const wanted = filter.value.trim().toLowerCase();
  const found = state.orders.filter((o) => `${o.ref} ${o.buyer} ${o.product}`.toLowerCase().includes(wanted));
  const presale = element("li"), button = element("button", "presale", "+ Pre-sale question, no order");
  button.setAttribute("aria-current", state.current === "");
  button.onclick = choosePresale;
  presale.append(button);
  list.replaceChildren(presale, ...found.map(drawOrder));
}

async function loadOrders() {
  const { seller, code } = place();
  const data = await getJson(`/buyer/orders?seller=${seller}&site=${code}`);
  state.orders = data.orders;
  drawOrders();
  return data.address;
}

function open(ref, key, title, subtitle) {
  Object.assign(state, { current: ref, key, drawn: "" });
  const head = byId("head");
  head.replaceChildren(element("h2", "", title), element("small", "", subtitle));
  composer.hidden = false;
  byId("presale").hidden = ref !== "";
  drawOrders();
  refresh();
}

function choose(order) {
  open(order.ref, order.key, order.buyer, `Order ${order.ref} of ${order.date} · ${words(order.status)} · ${order.carrier} · ${amount(order.total)}`);
}

function presaleKey() {
  const { seller, code } = place();
  return [seller, code, "", composer.elements.buyer.value].join("|");
}

function choosePresale() {
  const goods = new Map(state.orders.filter((o) => o.asin).map((o) => [o.asin, o.product]));
  composer.elements.asin.replaceChildren(...[...goods].map(([asin, title]) => new Option(title, asin)));
  open("", presaleKey(), "Pre-sale question", "A buyer without an order asks about a product");
}

function drawDeliveries(mails) {
  const states = new Map();
  for (const mail of mails) states.set(mail.words, [...(states.get(mail.words) || []), mail]);
  return [...states.values()].map((alike) => drawDelivery(alike[0], alike.length));
}

function drawDelivery(mail, count) {
  const copies = count > 1 ? `${count} copies ` : "";
  const tries = mail.attempts > 1 ? ` (try ${mail.attempts})` : "";
  const span = element("span", `delivery ${mail.state}`, copies + mail.words + tries);
  span.title = `${mail.to} ${mail.answer || ""}`;
  return span;
}

function drawEntry(entry) {
  const bubble = element("article", `bubble ${entry.side}`), meta = element("div", "meta");
  const side = { buyer: "", seller: "reply", amazon: "notice of Amazon", walmart: "notice of Walmart", forger: "forged" }[entry.side];
  meta.append(element("span", "", [entry.name, side].filter(Boolean).join(" · ")));
  meta.append(element("span", "", entry.time.slice(0, 16).replace("T", " ")));
  if (entry.side === "seller" && entry.kind !== "mail") meta.append(element("span", "delivery refused", `automatic: ${entry.kind}`));
  if (entry.side === "seller" && entry.approved === false) meta.append(element("span", "delivery refused", "sender is not the storefront's address"));
  if (entry.fate && entry.fate !== "shown") meta.append(element("span", "delivery refused", `the buyer never saw this: ${words(entry.fate)}`));
  bubble.append(meta, element("p", "", entry.text || "(no words)"));
  for (const name of entry.files) bubble.append(element("span", "chip", name));
  const fate = element("div", "meta");
  fate.append(...drawDeliveries(entry.mails));
  bubble.append(fate);
  return bubble;
}

async function refresh() {
  if (state.key === null) return;
  const key = state.key;
  const { entries } = await getJson(`/buyer/conversation?key=${encodeURIComponent(key)}`);
  const text = JSON.stringify(entries);
  if (key !== state.key || text === state.drawn) return;
  state.drawn = text;
  const thread = byId("thread");
  const empty = element("p", "empty", "Nothing was written yet. What the buyer writes goes to the seller by mail, as the marketplace sends it; what the seller answers appears here.");
  thread.replaceChildren(...(entries.length ? entries.map(drawEntry) : [empty]));
  thread.scrollTop = thread.scrollHeight;
}

function drawFiles() {
  byId("files").replaceChildren(...[...byId("pick").files].map((f) => element("span", "chip", `${f.name}, ${Math.ceil(f.size / 1024)} kB`)));
}

async function send(event) {
  event.preventDefault();
  const { seller, code } = place(), form = new FormData(composer), result = byId("result");
  form.set("seller", seller);
  form.set("site", code);
  if (state.current) {
    form.set("order_ref", state.current);
    form.delete("buyer");
    form.delete("asin");
  }
  result.textContent = "sending …";
  try {
    await getJson("/buyer/send", { method: "POST", body: form });
    result.textContent = "";
    composer.elements.text.value = "";
    composer.elements.notice.value = "";
    byId("pick").value = "";
    drawFiles();
    if (state.current === "") state.key = presaleKey();
    await refresh();
    await loadOrders();
  } catch (error) {
    result.textContent = error.message;
  }
}

async function keepAddress(event) {
  event.preventDefault();
  const { seller, code } = place(), form = new FormData(event.target);
  form.set("seller", seller);
  form.set("site", code);
  await getJson("/buyer/address", { method: "POST", body: form });
  event.target.querySelector("button").textContent = "Kept";
  setTimeout(() => { event.target.querySelector("button").textContent = "Keep"; }, 1500);
}

async function changeSite() {
  Object.assign(state, { current: null, key: null, drawn: "" });
  composer.hidden = true;
  const app = site.selectedOptions[0].dataset.app;
  for (const node of document.querySelectorAll(".marketplace")) node.textContent = app;
  for (const name of ["Amazon", "Walmart"]) {
    for (const node of composer.querySelectorAll(`.${name.toLowerCase()}`)) node.hidden = node.disabled = name !== app;
  }
  composer.elements.notice.value = "";
  composer.elements.answer.checked = false;
  composer.elements.lang.value = site.selectedOptions[0].dataset.lang;
  byId("head").replaceChildren(element("h2", "", "Choose an order"), element("small", "", "and write to its seller"));
  byId("thread").replaceChildren(element("p", "empty", "On the left are this storefront's orders."));
  byId("to").value = await loadOrders();
}

async function start() {
  const query = new URLSearchParams(location.search), wanted = query.get("order");
  const option = [...site.options].find((o) => o.value === `${query.get("seller")}|${query.get("site")}`);
  if (option) option.selected = true;
  await changeSite();
  const order = state.orders.find((o) => o.ref === wanted);
  if (order) choose(order);
  setInterval(refresh, 1000);
  setInterval(loadOrders, 5000);
}

site.onchange = changeSite;
filter.oninput = drawOrders;
composer.onsubmit = send;
byId("pick").onchange = drawFiles;
composer.elements.buyer.onchange = choosePresale;
byId("address").onsubmit = keepAddress;
start();
