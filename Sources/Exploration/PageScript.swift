/// The page's one script. It takes all text of the module from blocks of JSON and shows it as text, never as markup.
let pageScript = #"""
    "use strict";
    (() => {
    const at = id => document.getElementById(id);
    const make = (name, style, text) => {
      const element = document.createElement(name);
      if (style) element.className = style;
      if (text !== undefined) element.textContent = text;
      return element;
    };
    const hex = number => "0x" + number.toString(16);
    const overview = JSON.parse(at("data").textContent);
    const names = overview.names;
    const functions = overview.functions.map(([index, operators, bytes]) => ({ index, operators, bytes, name: names[index] || "function " + index }));
    const byIndex = new Map(functions.map(entry => [entry.index, entry]));
    const titles = { source: "Source", wasm: "WebAssembly", translated: "IR, translated", optimized: "IR, optimized", code: "Machine code" };
    const kinds = Object.keys(titles).filter(kind => kind !== "source" || overview.hasSources);
    const columns = {};
    let shown = null, selected = null;

    // Preferences survive where the browser lets a page keep them.
    const recall = key => { try { return localStorage.getItem("precast-explore-" + key); } catch { return null; } };
    const keep = (key, value) => { try { localStorage.setItem("precast-explore-" + key, value); } catch {} };

    // MARK: Theme
    const prefersDark = matchMedia("(prefers-color-scheme: dark)");
    const setTheme = theme => { document.documentElement.dataset.theme = theme; };
    setTheme(recall("theme") || (prefersDark.matches ? "dark" : "light"));
    const toggleTheme = () => {
      const theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
      setTheme(theme);
      keep("theme", theme);
    };
    at("theme").onclick = toggleTheme;

    // MARK: Columns
    const hidden = new Set((recall("hidden") ?? (innerWidth < 1500 ? "translated" : "")).split(",").filter(kind => kinds.includes(kind)));
    for (const kind of kinds) {
      const column = make("section", "column");
      column.id = kind;
      column.tabIndex = 0;
      column.setAttribute("aria-label", titles[kind]);
      at("columns").append(column);
      const button = make("button", "", titles[kind]);
      button.type = "button";
      button.onclick = () => toggleColumn(kind);
      at("columns-menu").append(button);
      columns[kind] = { column, button };
    }
    const showColumns = () => {
      for (const kind of kinds) {
        columns[kind].column.hidden = hidden.has(kind);
        columns[kind].column.style.display = hidden.has(kind) ? "none" : "";
        columns[kind].button.setAttribute("aria-pressed", String(!hidden.has(kind)));
      }
    };
    const toggleColumn = kind => {
      if (hidden.has(kind)) hidden.delete(kind); else if (hidden.size < kinds.length - 1) hidden.add(kind);
      keep("hidden", [...hidden].join(","));
      showColumns();
    };
    showColumns();

    const showBytes = shows => { document.documentElement.dataset.bytes = shows; };
    showBytes(recall("bytes") || (innerWidth >= 2400 ? "yes" : "no"));
    const toggleBytes = () => {
      const shows = document.documentElement.dataset.bytes === "yes" ? "no" : "yes";
      showBytes(shows);
      keep("bytes", shows);
    };

    // MARK: The list of functions
    const listed = 2000;
    const list = () => {
      const wanted = at("filter").value.trim().toLowerCase();
      const matching = functions.filter(entry => !wanted || entry.name.toLowerCase().includes(wanted) || String(entry.index) === wanted);
      at("functions").replaceChildren(...matching.slice(0, listed).map(entry => {
        const item = make("li"), link = make("a");
        link.href = "#f" + entry.index;
        link.title = `${entry.name}: function ${entry.index}, ${entry.operators} operators, ${entry.bytes} bytes of code`;
        link.append(make("b", "", entry.name), make("span", "", entry.bytes ? entry.bytes + " B" : "inlined"));
        if (shown && shown.index === entry.index) link.setAttribute("aria-current", "true");
        item.append(link);
        return item;
      }));
      const rest = matching.length - listed;
      at("count").textContent = `${matching.length} of ${functions.length} functions` + (rest > 0 ? `, the first ${listed} listed` : "");
      return matching;
    };
    at("filter").oninput = list;

    // MARK: One function
    const colour = /("(?:[^"\\]|\\.)*")|(\$[^\s()",;]+)|(-?\b(?:0x[0-9a-f]+|\d+(?:\.\d+)?(?:e[-+]?\d+)?)\b)|(\b[vV]\d+\b)|(\b(?:block|sig|fn|ss|vc|L|T|C)\d+\b)/gi;
    const paint = (parent, text, hasKeyword) => {
      let rest = text;
      if (hasKeyword) {
        const word = /^\s*(?:v\d+(?:, v\d+)* = )?[a-z_][\w.]*/i.exec(text);
        if (word) {
          const name = /[a-z_][\w.]*$/i.exec(word[0]);
          parent.append(word[0].slice(0, name.index), make("span", "k", name[0]));
          rest = text.slice(word[0].length);
        }
      }
      let done = 0;
      for (const match of rest.matchAll(colour)) {
        parent.append(rest.slice(done, match.index));
        parent.append(make("span", match[1] ? "s" : match[2] || match[4] ? "v" : match[3] ? "n" : "d", match[0]));
        done = match.index + match[0].length;
      }
      parent.append(rest.slice(done));
    };

    const read = index => {
      const block = at("data-" + index);
      return block ? JSON.parse(block.textContent) : null;
    };

    // Everything that rows are linked by: places of the function itself, and chains through what was inlined.
    const link = (data, index) => {
      const own = data.chains.map(chain => chain[chain.length - 2] === index ? chain[chain.length - 1] : -1);
      const hues = new Map();
      const used = new Set(own);
      let position = 0;
      for (const [offset] of data.wasm) if (used.has(offset)) hues.set(offset, (position++ * 47) % 360);
      return { own, hues, rows: [] };
    };

    const rowsOf = {
      source: data => {
        const linesOf = new Map();
        data.wasm.forEach(([offset, , , source]) => { if (source >= 0) linesOf.set(source, [...(linesOf.get(source) || []), offset]); });
        const order = (data.source || []).map((place, number) => ({ place, number }))
          .sort((a, b) => a.place[0] < b.place[0] ? -1 : a.place[0] > b.place[0] ? 1 : a.place[1] - b.place[1]);
        const rows = [];
        let file = null;
        for (const { place: [name, line, text], number } of order) {
          if (name !== file) rows.push({ style: "head", parts: [["", name]] });
          file = name;
          rows.push({ offsets: linesOf.get(number) || [], parts: [["at", String(line)], ["text", text || `${name.split("/").pop()}:${line}`]] });
        }
        return rows;
      },
      wasm: data => [{ style: "head", parts: [["text", data.head]] }].concat(data.wasm.map(([offset, depth, text]) =>
        ({ offsets: [offset], parts: [["at", hex(offset)], ["code", "  ".repeat(depth) + text]] }))),
      translated: data => data.translated.map(([text, chain]) => ({ chain, parts: [["ir", text]] })),
      optimized: data => data.optimized.map(([text, chain]) => ({ chain, parts: [["ir", text]] })),
      code: data => !data.code ? [] : data.code.flatMap(([address, bytes, label, text, note, chain]) => {
        const row = { chain, parts: [["at", address], ["bytes", bytes], ["code", text]] };
        if (note) row.parts.push([note.includes("trap:") ? "note trap" : "note", note]);
        return label ? [{ style: "label", parts: [["text", label + ":"]] }, row] : [row];
      }),
    };
    const chunkSize = 200, rowHeight = 18.6;

    const fill = (kind, data, links, index) => {
      const { column } = columns[kind];
      const heading = make("h2", "", titles[kind]);
      const rows = rowsOf[kind](data);
      const body = make("div", "rows");
      let chunk = null;
      rows.forEach((row, number) => {
        if (number % chunkSize === 0) {
          chunk = make("div", "chunk");
          chunk.style.containIntrinsicBlockSize = `auto ${Math.min(chunkSize, rows.length - number) * rowHeight}px`;
          body.append(chunk);
        }
        const element = make("div", "row" + (row.style ? " " + row.style : ""));
        for (const [style, text] of row.parts) {
          if (style === "ir" || style === "code" || style === "text") {
            const part = make("span");
            if (style === "text") part.textContent = text; else paint(part, text, true);
            element.append(part);
          } else {
            element.append(make("span", style, text));
          }
        }
        const chain = row.chain ?? -1;
        const offsets = row.offsets || (chain >= 0 ? [links.own[chain]] : []);
        const entry = { kind, element, chain, offsets };
        const hue = offsets.map(offset => links.hues.get(offset)).find(value => value !== undefined);
        if (hue !== undefined) {
          element.classList.add("linked");
          element.style.setProperty("--hue", hue);
        }
        if (offsets.length || chain >= 0) {
          element.dataset.row = links.rows.length;
          links.rows.push(entry);
        }
        chunk.append(element);
      });
      if (kind === "wasm") heading.append(make("i", "", `${data.wasm.length} operators`));
      if (kind === "code" && data.code) heading.append(make("i", "", `${byIndex.get(index).bytes} bytes`));
      column.replaceChildren(heading);
      if (rows.length) column.append(body);
      else column.append(make("p", "", kind === "code" ? "No code is left of this function: it is inlined wherever it is called, or never called." : "Nothing is known."));
      column.scrollTop = 0;
      column.scrollLeft = 0;
    };

    const show = index => {
      if (shown && shown.index === index) return true;
      const data = read(index);
      if (!data) return false;
      const links = link(data, index);
      for (const kind of kinds) fill(kind, data, links, index);
      shown = { index, data, links };
      selected = null;
      for (const item of document.querySelectorAll("#functions a")) {
        if (item.hash === "#f" + index) {
          item.setAttribute("aria-current", "true");
          item.scrollIntoView({ block: "nearest" });
        } else {
          item.removeAttribute("aria-current");
        }
      }
      document.title = byIndex.get(index).name + ": " + document.querySelector("h1").textContent;
      describe(null);
      return true;
    };

    // MARK: Links
    // Rows that belong to one: those of the same place; to an operator, all that came of it, inlined or not.
    const related = entry => {
      const { rows, own } = shown.links;
      const offsets = new Set(entry.offsets);
      if (entry.kind === "wasm" || entry.kind === "source") return rows.filter(row => row.offsets.some(offset => offsets.has(offset)));
      return rows.filter(row => row.chain >= 0 ? row.chain === entry.chain : row.offsets.includes(own[entry.chain]));
    };
    const mark = (style, entries) => {
      for (const element of document.querySelectorAll(".row." + style)) element.classList.remove(style);
      for (const entry of entries) entry.element.classList.add(style);
    };
    const textAt = (index, offset) => {
      if (!shown || index !== shown.index) return "";
      const line = shown.data.wasm.find(line => line[0] === offset);
      return line ? " " + line[2] : "";
    };
    const describe = entry => {
      const status = at("status");
      status.replaceChildren();
      if (!shown) return;
      const chain = entry && entry.chain >= 0 ? shown.data.chains[entry.chain] : entry ? entry.offsets.slice(0, 1).flatMap(offset => [shown.index, offset]) : [];
      if (!chain.length) {
        status.textContent = `${byIndex.get(shown.index).name}: function ${shown.index}`;
        return;
      }
      for (let n = 0; n < chain.length; n += 2) {
        if (n) status.append("  inlined at ");
        status.append(hex(chain[n + 1]) + textAt(chain[n], chain[n + 1]));
        if (chain.length > 2 || chain[n] !== shown.index) {
          const target = make("a", "", names[chain[n]] || "function " + chain[n]);
          target.href = `#f${chain[n]}:${hex(chain[n + 1])}`;
          status.append(" of ", target);
        }
      }
    };
    const entryOf = event => {
      const element = event.target.closest && event.target.closest(".row");
      return element && shown && element.dataset.row !== undefined ? shown.links.rows[element.dataset.row] : null;
    };
    let hovered = null;
    at("columns").addEventListener("mouseover", event => {
      const entry = entryOf(event);
      if (entry === hovered) return;
      hovered = entry;
      mark("hover", entry ? related(entry) : []);
      if (entry) describe(entry); else if (selected) describe(selected);
    });
    at("columns").addEventListener("mouseleave", () => {
      hovered = null;
      mark("hover", []);
      describe(selected);
    });
    const choose = (entry, scrolls) => {
      selected = entry;
      const rows = entry ? related(entry) : [];
      mark("chosen", rows);
      describe(entry);
      for (const kind of kinds) {
        if (!entry || hidden.has(kind) || (kind === entry.kind && !scrolls)) continue;
        const first = kind === entry.kind ? entry : rows.find(row => row.kind === kind);
        if (first) first.element.scrollIntoView({ block: "center", inline: "nearest" });
        columns[kind].column.scrollLeft = 0;
      }
    };
    at("columns").addEventListener("click", event => {
      if (String(getSelection())) return;
      const entry = entryOf(event);
      choose(entry, false);
      history.replaceState(null, "", "#f" + shown.index + (entry && entry.offsets.length ? ":" + hex(entry.offsets[0]) : ""));
    });

    // MARK: Addresses: #f12, #f12:0x89, #name
    const go = () => {
      let hash = location.hash.slice(1);
      try { hash = decodeURIComponent(hash); } catch {}
      const place = /^f(\d+)(?::0x([0-9a-f]+))?$/.exec(hash);
      const named = functions.find(entry => entry.name === hash);
      const entry = named || (place && byIndex.get(Number(place[1])));
      if (!entry) {
        if (!shown && functions.length) show((["main", "__original_main", "_start"].map(name => functions.find(entry => entry.name === name)).find(Boolean) || functions[0]).index);
        else if (place) at("status").textContent = `function ${place[1]} is not on this page`;
        return;
      }
      show(entry.index);
      if (place && place[2]) {
        const offset = parseInt(place[2], 16);
        const row = shown.links.rows.find(row => row.kind === "wasm" && row.offsets[0] === offset);
        if (row) choose(row, true);
      }
    };
    addEventListener("hashchange", go);

    // MARK: Keys
    const step = distance => {
      const matching = list();
      const position = matching.findIndex(entry => shown && entry.index === shown.index);
      const next = matching[Math.max(0, Math.min(matching.length - 1, position + distance))];
      if (next) location.hash = "f" + next.index;
    };
    const stepOperator = distance => {
      if (!shown) return;
      const rows = shown.links.rows.filter(row => row.kind === "wasm");
      const place = selected ? rows.findIndex(row => row.offsets[0] === selected.offsets[0]) : -1;
      const next = rows[Math.max(0, Math.min(rows.length - 1, place < 0 ? 0 : place + distance))];
      if (!next) return;
      choose(next, true);
      history.replaceState(null, "", `#f${shown.index}:${hex(next.offsets[0])}`);
    };
    addEventListener("keydown", event => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target === at("filter")) {
        if (event.key === "Escape") { at("filter").value = ""; list(); at("filter").blur(); }
        if (event.key === "Enter") { const first = list()[0]; if (first) location.hash = "f" + first.index; at("filter").blur(); }
        return;
      }
      const keys = {
        "/": () => at("filter").focus(), "[": () => step(-1), "]": () => step(1), j: () => stepOperator(1), k: () => stepOperator(-1),
        t: toggleTheme, b: toggleBytes, Escape: () => choose(null),
      };
      const action = keys[event.key] || (kinds[event.key - 1] && (() => toggleColumn(kinds[event.key - 1])));
      if (action) { event.preventDefault(); action(); }
    });

    list();
    go();
    })();
    """#
