/// The parts of a flame graph's page that are the same for each.
enum FlameGraphPage {
    static let body = #"""
        <header>
          <h1></h1>
          <p id="summary"></p>
          <div class="controls">
            <div class="choice" id="direction" role="group" aria-label="Direction">
              <button data-value="callers" title="Callers above what they call">Top down</button><button data-value="inverted" title="Functions that took the time, their callers below">Inverted</button>
            </div>
            <div class="choice" id="order" role="group" aria-label="Order">
              <button data-value="heavy" title="What took most is on the left">Left heavy</button><button data-value="time" title="Samples in the order in which they were taken">Over time</button>
            </div>
            <select id="thread" aria-label="Thread"></select>
            <input id="search" type="search" placeholder="Search functions  ( / )" aria-label="Search functions" spellcheck="false">
            <span id="found" aria-live="polite"></span>
            <span class="space"></span>
            <button id="reset" title="Show everything (Esc)">Reset zoom</button>
            <button id="theme" title="Light or dark">◐</button>
          </div>
        </header>
        <main>
          <div id="graph" role="tree" aria-label="Flame graph"></div>
          <div class="legend"><span class="guest">WebAssembly</span><span class="inlined">inlined</span><span class="host">host</span><span class="cut">not kept</span></div>
          <section>
            <h2>Functions</h2>
            <table id="functions">
              <thead><tr><th data-key="self" class="number">Self</th><th data-key="self" class="number">%</th><th data-key="total" class="number">Total</th><th data-key="total" class="number">%</th><th data-key="name">Function</th></tr></thead>
              <tbody></tbody>
            </table>
            <p id="more"></p>
          </section>
        </main>
        <div id="tip" role="tooltip" hidden></div>
        """#

    static let style = #"""
        :root { --page: #ffffff; --ink: #1c2127; --soft: #5c6773; --line: #dde2e8; --panel: #f4f6f8; --accent: #2563c9; --tip: #ffffff; --shadow: rgba(20, 30, 45, .18);
          --guest-l: 76%; --guest-s: 78%; --bar-ink: #20242a; --host: #b9c6d6; --cut: #d6d6d6; --mark: #7c3aed; }
        :root[data-theme=dark] { --page: #14171b; --ink: #e4e8ed; --soft: #98a3b0; --line: #2d343c; --panel: #1d2227; --accent: #7fb0ff; --tip: #262c33; --shadow: rgba(0, 0, 0, .5);
          --guest-l: 41%; --guest-s: 48%; --bar-ink: #f2f4f7; --host: #46576b; --cut: #454545; --mark: #c4a5ff; }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--page); color: var(--ink); font: 14px/1.45 system-ui, "Segoe UI", "Helvetica Neue", "DejaVu Sans", sans-serif; }
        header { position: sticky; top: 0; z-index: 2; background: var(--page); border-bottom: 1px solid var(--line); padding: 14px 20px 10px; }
        h1 { font-size: 18px; font-weight: 650; margin: 0; overflow-wrap: anywhere; }
        h2 { font-size: 15px; font-weight: 650; margin: 0 0 8px; }
        #summary { margin: 2px 0 10px; color: var(--soft); }
        .controls { display: flex; flex-wrap: wrap; gap: 8px 10px; align-items: center; }
        .space { flex: 1; }
        button, select, input { font: inherit; color: inherit; background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: 4px 10px; min-height: 30px; }
        button { cursor: pointer; }
        button:hover { border-color: var(--soft); }
        button:disabled { opacity: .45; cursor: default; }
        :focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
        .choice { display: flex; }
        .choice button { border-radius: 0; margin-left: -1px; }
        .choice button:first-child { border-radius: 6px 0 0 6px; margin-left: 0; }
        .choice button:last-child { border-radius: 0 6px 6px 0; }
        .choice button[aria-pressed=true] { background: var(--accent); border-color: var(--accent); color: var(--page); position: relative; }
        #search { width: 240px; }
        #found { color: var(--mark); font-variant-numeric: tabular-nums; }
        main { padding: 14px 20px 40px; }
        #graph { position: relative; overflow: hidden; border-radius: 6px; background: var(--panel); min-height: 22px; }
        .bar { position: absolute; height: 20px; padding: 0 5px; line-height: 20px; font-size: 12px; color: var(--bar-ink); white-space: nowrap; overflow: hidden; text-overflow: ellipsis; border-radius: 2px; cursor: pointer; }
        .bar.thin { padding: 0; }
        .bar:hover { filter: brightness(1.08) saturate(1.25); box-shadow: inset 0 0 0 1px var(--ink); }
        .bar.above { opacity: .55; }
        .bar.miss { opacity: .3; }
        .bar.hit { background: var(--mark) !important; color: var(--page); font-weight: 600; }
        .host { background: var(--host); }
        .cut { background: var(--cut); }
        .all { background: var(--line); }
        .legend { display: flex; gap: 16px; margin: 8px 0 26px; color: var(--soft); font-size: 12px; }
        .legend span { background: none; display: flex; align-items: center; gap: 6px; }
        .legend span::before { content: ""; width: 12px; height: 12px; border-radius: 2px; }
        .legend .guest::before { background: hsl(28 var(--guest-s) var(--guest-l)); }
        .legend .inlined::before { background: hsl(48 var(--guest-s) var(--guest-l)); }
        .legend .host::before { background: var(--host); }
        .legend .cut::before { background: var(--cut); }
        table { border-collapse: collapse; width: 100%; font-size: 13px; }
        th { text-align: left; font-weight: 600; color: var(--soft); border-bottom: 1px solid var(--line); padding: 4px 10px; cursor: pointer; white-space: nowrap; user-select: none; }
        th[aria-sort] { color: var(--ink); }
        th[aria-sort=descending]:not(.again)::after { content: " ▾"; }
        th[aria-sort=ascending]:not(.again)::after { content: " ▴"; }
        td { padding: 3px 10px; border-bottom: 1px solid var(--line); vertical-align: top; }
        .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; width: 1%; }
        tbody tr { cursor: pointer; }
        tbody tr:hover { background: var(--panel); }
        td.name { overflow-wrap: anywhere; font-family: ui-monospace, "SF Mono", "DejaVu Sans Mono", monospace; font-size: 12px; }
        td.name small { color: var(--soft); font-family: system-ui, sans-serif; margin-left: 8px; }
        td.share { background: linear-gradient(to left, color-mix(in srgb, var(--accent) 26%, transparent) var(--part, 0%), transparent var(--part, 0%)); }
        #more { color: var(--soft); }
        #tip { position: fixed; z-index: 5; max-width: min(640px, 90vw); background: var(--tip); border: 1px solid var(--line); border-radius: 8px; box-shadow: 0 6px 24px var(--shadow); padding: 8px 12px; pointer-events: none; font-size: 13px; }
        #tip b { display: block; overflow-wrap: anywhere; }
        #tip span { display: block; color: var(--soft); font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
        """#

    static let script = #"""
        "use strict";
        const profile = JSON.parse(document.getElementById("profile").textContent);
        const element = name => document.getElementById(name);
        const ROW = 21, THINNEST = 0.5, LISTED = 300;
        const state = { direction: "callers", order: "heavy", thread: "all", search: "", theme: "", zoom: "" };
        let root, focus, sort = { key: "self", descending: true };

        // ---- Numbers as text

        const milliseconds = value => value >= 10000 ? (value / 1000).toFixed(1) + " s" : value >= 100 ? value.toFixed(0) + " ms" : value.toFixed(value < 10 ? 2 : 1) + " ms";
        const percent = (part, whole) => whole ? (100 * part / whole).toFixed(1) + " %" : "";
        const samples = count => count === 1 ? "1 sample" : count + " samples";

        // ---- Trees: { function, total, self, count, children, parent, start, depth }

        function stackOf(node) {
          const stack = [];
          for (; node >= 0; node = profile.parents[node]) stack.push(profile.nodes[node]);
          return stack;
        }

        function forEachSample(visit) {
          profile.threads.forEach((thread, number) => {
            if (state.thread !== "all" && state.thread !== String(number)) return;
            thread.samples.forEach((node, index) => visit(node, thread.times[index]));
          });
        }

        const newNode = (fn, parent) => ({ fn, parent, total: 0, self: 0, count: 0, children: [], start: 0, depth: parent ? parent.depth + 1 : 0 });

        // Stacks put into a tree. Over time a frame goes on only from one sample to the next.
        function makeTree(inverted, overTime) {
          const top = newNode(-1, null), places = new Map();
          const add = (stack, time, count) => {
            let at = top;
            at.total += time;
            at.count += count;
            for (const fn of stack) {
              let next;
              if (overTime) {
                next = at.children[at.children.length - 1];
                if (!next || next.fn !== fn) next = null;
              } else {
                next = at.places && at.places.get(fn);
              }
              if (!next) {
                next = newNode(fn, at);
                at.children.push(next);
                if (!overTime) (at.places = at.places || new Map()).set(fn, next);
              }
              // What is called anew does not go on in the frames that the last sample had below.
              next.total += time;
              next.count += count;
              at = next;
            }
            at.self += time;
            if (overTime) at.children.push({ fn: -2, total: time, children: [], hidden: true });
          };
          if (overTime) {
            forEachSample((node, time) => { const stack = stackOf(node); add(inverted ? stack : stack.reverse(), time, 1); });
          } else {
            forEachSample((node, time) => {
              const place = places.get(node) || { time: 0, count: 0 };
              place.time += time;
              place.count += 1;
              places.set(node, place);
            });
            for (const [node, place] of places) { const stack = stackOf(node); add(inverted ? stack : stack.reverse(), place.time, place.count); }
          }
          arrange(top, overTime);
          return top;
        }

        function arrange(top, overTime) {
          const waiting = [top];
          while (waiting.length) {
            const node = waiting.pop();
            if (!overTime) node.children.sort((a, b) => b.total - a.total);
            let start = node.start;
            for (const child of node.children) {
              child.start = start;
              start += child.total;
              if (!child.hidden) waiting.push(child);
            }
            if (overTime) node.children = node.children.filter(child => !child.hidden);
            node.places = null;
          }
        }

        // ---- The graph

        const isHit = fn => state.search !== "" && fn >= 0 && profile.functions[fn].name.toLowerCase().includes(state.search.toLowerCase());
        const nameOf = node => node.fn < 0 ? "all" : profile.functions[node.fn].name;

        function color(fn) {
          const { name, kind } = profile.functions[fn];
          if (kind === "host" || kind === "cut") return "";
          let hash = 0;
          for (let index = 0; index < name.length; index++) hash = (hash * 31 + name.charCodeAt(index)) >>> 0;
          const hue = kind === "inlined" ? 42 + hash % 14 : 8 + hash % 30;
          return `hsl(${hue} var(--guest-s) calc(var(--guest-l) + ${(hash >>> 8) % 7}% - 3%))`;
        }

        function draw() {
          const graph = element("graph"), width = graph.clientWidth, scale = width / (focus.total || 1), bars = document.createDocumentFragment();
          let rows = 0;
          const put = (node, left, right, above) => {
            const bar = document.createElement("div"), size = right - left;
            bar.className = "bar" + (node.fn < 0 ? " all" : " " + profile.functions[node.fn].kind) + (above ? " above" : "") + (size < 14 ? " thin" : "");
            if (node.fn >= 0) bar.style.background = color(node.fn);
            if (state.search) bar.className += isHit(node.fn) ? " hit" : " miss";
            bar.style.left = left + "px";
            bar.style.top = node.depth * ROW + "px";
            bar.style.width = Math.max(size - 1, THINNEST) + "px";
            if (size >= 14) bar.textContent = nameOf(node);
            if (size >= 30) { bar.tabIndex = 0; bar.setAttribute("role", "treeitem"); }
            bar.node = node;
            bars.append(bar);
            rows = Math.max(rows, node.depth + 1);
          };
          for (let node = focus.parent; node; node = node.parent) put(node, 0, width, true);
          const waiting = [focus];
          while (waiting.length) {
            const node = waiting.pop(), left = (node.start - focus.start) * scale, right = left + node.total * scale;
            if (right - left < THINNEST) continue;
            put(node, left, right, false);
            for (const child of node.children) waiting.push(child);
          }
          graph.replaceChildren(bars);
          graph.style.height = rows * ROW + "px";
          element("reset").disabled = focus === root;
        }

        function rebuild() {
          root = makeTree(state.direction === "inverted", state.order === "time");
          focus = root;
          if (state.zoom) focus = find(state.zoom) || root;
          draw();
          list();
        }

        // The widest node of a function.
        function find(name) {
          let best = null;
          const waiting = [root];
          while (waiting.length) {
            const node = waiting.pop();
            if (node.fn >= 0 && nameOf(node) === name && (!best || node.total > best.total)) best = node;
            for (const child of node.children) waiting.push(child);
          }
          return best;
        }

        function zoom(node) {
          focus = node;
          state.zoom = node.fn < 0 ? "" : nameOf(node);
          remember();
          draw();
        }

        // ---- The table

        // Total time of a function: samples that have it anywhere in their stack, once.
        function functionTimes() {
          const rows = profile.functions.map((fn, number) => ({ number, name: fn.name, self: 0, total: 0, count: 0 }));
          const seen = new Int32Array(rows.length).fill(-1), byNode = new Map();
          let whole = 0, hits = 0, sample = 0;
          forEachSample((node, time) => { byNode.set(node, (byNode.get(node) || 0) + time); });
          for (const [node, time] of byNode) {
            whole += time;
            let isHitBelow = false;
            stackOf(node).forEach((fn, depth) => {
              if (depth === 0) rows[fn].self += time;
              if (seen[fn] !== sample) rows[fn].total += time;
              seen[fn] = sample;
              isHitBelow = isHitBelow || isHit(fn);
            });
            if (isHitBelow) hits += time;
            sample++;
          }
          return { rows: rows.filter(row => row.total > 0), whole, hits };
        }

        function list() {
          const { rows, whole, hits } = functionTimes();
          const order = sort.key === "name" ? (a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0 : (a, b) => a[sort.key] - b[sort.key] || a.total - b.total;
          rows.sort((a, b) => sort.descending ? order(b, a) : order(a, b));
          const shown = state.search ? rows.filter(row => isHit(row.number)) : rows, body = document.createDocumentFragment();
          for (const row of shown.slice(0, LISTED)) {
            const line = document.createElement("tr");
            const cell = (text, className, part) => {
              const data = document.createElement("td");
              data.className = className;
              data.textContent = text;
              if (part !== undefined) data.style.setProperty("--part", part);
              line.append(data);
              return data;
            };
            const share = value => whole ? (100 * value / whole).toFixed(1) + "%" : "0%";
            cell(milliseconds(row.self), "number");
            cell(percent(row.self, whole), "number share", share(row.self));
            cell(milliseconds(row.total), "number");
            cell(percent(row.total, whole), "number share", share(row.total));
            const name = cell(row.name, "name"), { file, kind } = profile.functions[row.number];
            const note = [kind === "inlined" ? "inlined" : "", file || ""].filter(text => text).join("  ");
            if (note) name.append(Object.assign(document.createElement("small"), { textContent: note }));
            line.onclick = () => { const node = find(row.name); if (node) { zoom(node); scrollTo({ top: 0, behavior: "smooth" }); } };
            body.append(line);
          }
          element("functions").tBodies[0].replaceChildren(body);
          element("more").textContent = shown.length > LISTED ? `${shown.length - LISTED} more: search to find them.` : shown.length ? "" : "No function of this name.";
          element("found").textContent = state.search ? percent(hits, whole) : "";
          const seen = new Set();
          for (const head of document.querySelectorAll("th")) {
            if (head.dataset.key === sort.key) head.setAttribute("aria-sort", sort.descending ? "descending" : "ascending");
            else head.removeAttribute("aria-sort");
            head.classList.toggle("again", seen.has(head.dataset.key));
            seen.add(head.dataset.key);
          }
        }

        // ---- What the pointer is on

        function describe(event) {
          const tip = element("tip"), node = event.target.node;
          if (!node) { tip.hidden = true; return; }
          const line = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });
          const parts = [line("b", nameOf(node))], fn = profile.functions[node.fn];
          if (fn && fn.file) parts.push(line("span", fn.file));
          if (fn && fn.kind === "inlined") parts.push(line("span", "inlined into its caller"));
          parts.push(line("span", `${milliseconds(node.total)}  ·  ${percent(node.total, root.total)} of all  ·  ${samples(node.count)}`));
          if (state.direction === "callers") parts.push(line("span", `${milliseconds(node.self)} in itself`));
          tip.replaceChildren(...parts);
          tip.hidden = false;
          const box = tip.getBoundingClientRect();
          tip.style.left = Math.max(4, Math.min(event.clientX + 14, innerWidth - box.width - 8)) + "px";
          tip.style.top = (event.clientY + 18 + box.height > innerHeight ? event.clientY - box.height - 10 : event.clientY + 18) + "px";
        }

        // ---- What the user chooses; it is in the address, too

        const keys = Object.keys(state);
        function remember() {
          const chosen = new URLSearchParams();
          for (const key of keys) if (state[key] && state[key] !== initial[key]) chosen.set(key, state[key]);
          history.replaceState(null, "", "#" + chosen);
        }
        const initial = { ...state };
        for (const [key, value] of new URLSearchParams(location.hash.slice(1))) if (keys.includes(key)) state[key] = value;

        function showTheme() {
          const dark = state.theme ? state.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
          document.documentElement.dataset.theme = dark ? "dark" : "light";
          document.documentElement.style.colorScheme = dark ? "dark" : "light";
        }

        function showChoices() {
          for (const name of ["direction", "order"]) {
            for (const button of element(name).children) button.setAttribute("aria-pressed", button.dataset.value === state[name]);
          }
          element("search").value = state.search;
          element("thread").value = state.thread;
        }

        for (const name of ["direction", "order"]) {
          element(name).onclick = event => {
            if (!event.target.dataset.value) return;
            state[name] = event.target.dataset.value;
            state.zoom = "";
            remember();
            showChoices();
            rebuild();
          };
        }
        for (const [value, text] of [["all", "All threads"], ...profile.threads.map((thread, number) => [String(number), thread.name])]) {
          element("thread").append(Object.assign(document.createElement("option"), { value, textContent: text }));
        }
        element("thread").hidden = profile.threads.length < 2;
        element("thread").onchange = event => { state.thread = event.target.value; remember(); rebuild(); };
        element("search").oninput = event => { state.search = event.target.value; remember(); draw(); list(); };
        element("reset").onclick = () => zoom(root);
        element("theme").onclick = () => { state.theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark"; remember(); showTheme(); };
        element("graph").onclick = event => { if (event.target.node) zoom(event.target.node); };
        element("graph").onkeydown = event => { if (event.target.node && (event.key === "Enter" || event.key === " ")) { event.preventDefault(); zoom(event.target.node); } };
        element("graph").onmousemove = describe;
        element("graph").onmouseleave = () => { element("tip").hidden = true; };
        for (const head of document.querySelectorAll("th")) {
          head.onclick = () => {
            sort = { key: head.dataset.key, descending: sort.key === head.dataset.key ? !sort.descending : head.dataset.key !== "name" };
            list();
          };
        }
        addEventListener("keydown", event => {
          if (event.key === "/" && document.activeElement !== element("search")) { event.preventDefault(); element("search").focus(); }
          if (event.key === "Escape") { if (state.search) { state.search = ""; remember(); showChoices(); draw(); list(); } else zoom(root); }
        });
        matchMedia("(prefers-color-scheme: dark)").addEventListener("change", showTheme);
        let waitingToDraw = 0;
        addEventListener("resize", () => { cancelAnimationFrame(waitingToDraw); waitingToDraw = requestAnimationFrame(draw); });

        const count = profile.threads.reduce((sum, thread) => sum + thread.samples.length, 0);
        const time = profile.threads.reduce((sum, thread) => sum + thread.times.reduce((a, b) => a + b, 0), 0);
        document.querySelector("h1").textContent = profile.title;
        element("summary").textContent = `${samples(count)}, ${profile.interval} ms apart  ·  ${milliseconds(time)} of CPU time in the guest  ·  ${milliseconds(profile.duration)} in all` + (profile.lost ? `  ·  ${profile.lost} lost` : "");
        showTheme();
        showChoices();
        rebuild();
        """#
}
