// The page's frame and its style. Colours are from two palettes, by what the reader's system prefers or the button says.

func pageBody(title: String, target: String, level: String) -> String {
    """
    <header>
    <h1>\(title)</h1>
    <p id="settings">\(target), -O\(level)</p>
    <div id="columns-menu" role="toolbar" aria-label="Columns"></div>
    <button id="theme" type="button" title="Dark or light (t)">◐</button>
    </header>
    <nav aria-label="Functions">
    <input id="filter" type="search" placeholder="Filter functions  ( / )" aria-label="Filter functions" autocomplete="off" spellcheck="false">
    <div id="count"></div>
    <ul id="functions"></ul>
    </nav>
    <main id="columns"></main>
    <footer><div id="status" aria-live="polite"></div><div id="keys"><kbd>/</kbd> filter <kbd>[</kbd><kbd>]</kbd> function <kbd>j</kbd><kbd>k</kbd> operator <kbd>1</kbd>–<kbd>5</kbd> columns <kbd>b</kbd> bytes <kbd>t</kbd> theme</div></footer>
    """
}

let pageStyle = """
    :root { color-scheme: light; --back: #fbfbfd; --panel: #ffffff; --line: #e1e4ea; --text: #1d2330; --soft: #6a7386; --faint: #9aa2b1; --accent: #3456d1; --number: #0b6e6e;
      --keyword: #7a3e9d; --string: #986801; --comment: #5d7f4c; --hover: #e6edff; --chosen: #ffe9a8; --chosen-edge: #d69e00; --trap: #b3261e; --label: #a24a00; --lightness: 46%; --saturation: 58%; }
    :root[data-theme=dark] { color-scheme: dark; --back: #14171d; --panel: #191d25; --line: #2b313d; --text: #d7dce6; --soft: #97a1b3; --faint: #6b7587; --accent: #8aa6ff; --number: #6cc6c0;
      --keyword: #c99be8; --string: #e0b568; --comment: #8fb57c; --hover: #25304a; --chosen: #4a3d12; --chosen-edge: #e0b03a; --trap: #ff8a80; --label: #f0a060; --lightness: 60%; --saturation: 48%; }
    * { box-sizing: border-box; }
    html, body { height: 100%; margin: 0; }
    body { display: grid; grid-template: auto minmax(0, 1fr) auto / 17rem minmax(0, 1fr); background: var(--back); color: var(--text); font: 14px/1.45 system-ui, "Segoe UI", "Liberation Sans", sans-serif; }
    header { grid-column: 1 / 3; display: flex; align-items: center; gap: 1rem; padding: .5rem .9rem; background: var(--panel); border-bottom: 1px solid var(--line); }
    h1 { font-size: 1.05rem; margin: 0; font-weight: 650; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; min-width: 4rem; }
    #settings { margin: 0; color: var(--soft); flex: 1; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
    button { font: inherit; color: var(--soft); background: none; border: 1px solid var(--line); border-radius: 6px; padding: .15rem .6rem; cursor: pointer; white-space: nowrap; }
    button[aria-pressed=true] { color: var(--accent); border-color: var(--accent); }
    button:focus-visible, input:focus-visible, a:focus-visible, .column:focus-visible { outline: 2px solid var(--accent); outline-offset: -1px; }
    #columns-menu { display: flex; gap: .35rem; }
    nav { display: flex; flex-direction: column; min-height: 0; background: var(--panel); border-right: 1px solid var(--line); }
    #filter { margin: .6rem .6rem .3rem; padding: .35rem .6rem; font: inherit; color: inherit; background: var(--back); border: 1px solid var(--line); border-radius: 6px; }
    #count { padding: 0 .8rem .3rem; color: var(--faint); font-size: .8rem; }
    #functions { list-style: none; margin: 0; padding: 0 .4rem .6rem; overflow: auto; flex: 1; }
    #functions a { display: flex; gap: .5rem; align-items: baseline; padding: .16rem .5rem; border-radius: 6px; color: inherit; text-decoration: none; font: 12.5px/1.5 ui-monospace, "SF Mono", "DejaVu Sans Mono", "Liberation Mono", monospace; }
    #functions a:hover { background: var(--hover); }
    #functions a[aria-current=true] { background: var(--accent); color: var(--panel); }
    #functions a[aria-current=true] span { color: inherit; opacity: .75; }
    #functions b { font-weight: inherit; flex: 1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    #functions span { color: var(--faint); font-size: .85em; }
    main { display: flex; min-width: 0; min-height: 0; }
    .column { flex: 1 1 0; min-width: 0; min-height: 0; overflow: auto; border-right: 1px solid var(--line); font: 12px/1.55 ui-monospace, "SF Mono", "DejaVu Sans Mono", "Liberation Mono", monospace; position: relative; scroll-padding: 6rem 0; }
    .column:last-child { border-right: 0; flex-grow: 1.35; }
    .column h2 { position: sticky; top: 0; left: 0; z-index: 1; margin: 0; padding: .35rem .8rem; font: 600 12px/1.4 system-ui, "Segoe UI", "Liberation Sans", sans-serif; color: var(--soft); background: var(--panel); border-bottom: 1px solid var(--line); letter-spacing: .02em; }
    .column h2 i { font-style: normal; font-weight: 400; color: var(--faint); margin-left: .5rem; }
    .column > p { margin: .8rem; color: var(--soft); font-family: system-ui, sans-serif; font-size: 13px; }
    .rows { width: max-content; min-width: 100%; padding: .3rem 0 4rem; }
    .chunk { content-visibility: auto; }
    .row { display: flex; white-space: pre; padding: 0 1rem 0 .55rem; border-left: 4px solid transparent; cursor: default; }
    .row.linked { border-left-color: hsl(var(--hue) var(--saturation) var(--lightness)); }
    .row.hover { background: var(--hover); }
    .row.chosen { background: var(--chosen); box-shadow: inset 2px 0 var(--chosen-edge); }
    .row .at { color: var(--faint); width: 5.4em; flex: none; }
    .row .bytes { color: var(--faint); width: 21em; flex: none; overflow: hidden; text-overflow: ellipsis; padding-right: 1em; }
    :root[data-bytes=no] .row .bytes { display: none; }
    .row .note { color: var(--comment); padding-left: 2em; margin-left: auto; }
    .row .note.trap { color: var(--trap); }
    .row.head { color: var(--soft); }
    .row.label { color: var(--label); }
    .k { color: var(--keyword); } .n { color: var(--number); } .s { color: var(--string); } .v { color: var(--accent); } .d { color: var(--label); }
    footer { grid-column: 1 / 3; display: flex; gap: 1rem; padding: .3rem .9rem; min-height: 2rem; background: var(--panel); border-top: 1px solid var(--line); color: var(--soft); font-size: .85rem; }
    #status { flex: 1; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; font-family: ui-monospace, "DejaVu Sans Mono", monospace; }
    #status a { color: var(--accent); }
    #keys { color: var(--faint); white-space: nowrap; }
    kbd { font: inherit; border: 1px solid var(--line); border-radius: 4px; padding: 0 .3rem; }
    @media (max-width: 70rem) { body { grid-template-columns: 12rem minmax(0, 1fr); } #keys, #settings { display: none; } header { flex-wrap: wrap; } }
    """
