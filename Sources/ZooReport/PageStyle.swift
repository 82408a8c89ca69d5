/// One style for all pages; colours of curves are told apart in both schemes, also by the colour-blind (Okabe
/// and Ito's palette, adjusted for contrast).
let pageStyle = """
  :root {
    --page: #f6f7f9; --card: #ffffff; --ink: #16191d; --soft: #626b76; --line: #dfe3e8; --bar: #dbe7f6;
    --good: 0, 114, 178; --bad: 200, 70, 20;
    --c0: #0072b2; --c1: #d55e00; --c2: #009e73; --c3: #b0569a; --c4: #b8860b; --c5: #3f9bd0; --c6: #555d66; --c7: #7a5ad0;
  }
  @media (prefers-color-scheme: dark) {
    :root {
      --page: #14171b; --card: #1c2026; --ink: #e8ebef; --soft: #98a2ae; --line: #323943; --bar: #24405c;
      --good: 86, 180, 233; --bad: 240, 130, 70;
      --c0: #56b4e9; --c1: #f08a4b; --c2: #2fc79a; --c3: #dd8fc6; --c4: #e5bd4f; --c5: #9fd3f3; --c6: #aab3bd; --c7: #ab94f5;
    }
  }
  * { box-sizing: border-box; }
  body { margin: 0; background: var(--page); color: var(--ink);
    font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
  main { max-width: 1180px; margin: 0 auto; padding: 28px 20px 60px; }
  h1 { font-size: 26px; margin: 0 0 2px; overflow-wrap: anywhere; }
  h2 { font-size: 19px; margin: 36px 0 12px; }
  h3 { font-size: 15px; margin: 0 0 8px; font-weight: 600; }
  .sub { color: var(--soft); margin: 0 0 18px; overflow-wrap: anywhere; }
  .card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 14px 16px; min-width: 0; }
  .tiles { display: flex; flex-wrap: wrap; gap: 10px; }
  .tile { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 9px 15px; }
  .tile b { display: block; font-size: 21px; font-weight: 650; font-variant-numeric: tabular-nums; line-height: 1.3; }
  .tile span { color: var(--soft); font-size: 13px; }
  .charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 400px), 1fr)); gap: 14px; }
  svg { display: block; width: 100%; max-width: 760px; height: auto; margin: 0 auto; }
  svg text { fill: var(--soft); font-size: 12px; font-variant-numeric: tabular-nums; }
  .grid { stroke: var(--line); stroke-width: 1; }
  .curve { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
  .band { stroke: none; opacity: .18; }
  .legend { display: flex; flex-wrap: wrap; gap: 2px 16px; margin-top: 6px; font-size: 13px; color: var(--soft); }
  .legend i { display: inline-block; width: 16px; height: 3px; border-radius: 2px; margin-right: 6px; vertical-align: middle; }
  .scroll { overflow-x: auto; }
  table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
  th { text-align: left; font-weight: 600; color: var(--soft); font-size: 13px; }
  .rows { width: 100%; }
  .rows th, .rows td { padding: 5px 12px 5px 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
  .rows .n { text-align: right; }
  .rows td.name { white-space: normal; overflow-wrap: anywhere; min-width: 110px; }
  .best { font-weight: 700; }
  .share { display: inline-block; width: 110px; height: 9px; border-radius: 5px; background: var(--line); overflow: hidden;
    vertical-align: middle; margin-left: 8px; }
  .share i { display: block; height: 100%; background: var(--c0); }
  .matrix td { width: 34px; min-width: 34px; height: 30px; text-align: center; font-size: 12px; border: 1px solid var(--line); }
  .matrix th { padding: 3px 8px; font-weight: 500; max-width: 170px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .matrix thead th { vertical-align: bottom; padding: 0; width: 34px; min-width: 34px; max-width: 34px; overflow: visible; }
  .matrix thead th span { display: block; writing-mode: vertical-rl; transform: rotate(180deg); max-height: 92px; margin: 0 auto;
    padding-top: 4px; overflow: hidden; text-overflow: ellipsis; line-height: 34px; width: 34px; }
  .mistakes { display: grid; grid-template-columns: repeat(auto-fill, minmax(132px, 1fr)); gap: 12px; }
  figure { margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: 10px; overflow: hidden; }
  figure img { display: block; width: 100%; aspect-ratio: 1; object-fit: contain; background: var(--page); }
  figcaption { padding: 7px 9px 9px; font-size: 13px; line-height: 1.4; overflow-wrap: anywhere; }
  figcaption small { color: var(--soft); display: block; }
  .is { color: rgb(var(--good)); font-weight: 600; } .said { color: rgb(var(--bad)); font-weight: 600; }
  pre { margin: 0; font: 13px/1.5 ui-monospace, "DejaVu Sans Mono", monospace; overflow-x: auto; white-space: pre; }
  .two { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 480px), 1fr)); gap: 14px; align-items: start; }
  .note { color: var(--soft); font-size: 13px; margin: 8px 0 0; }
  @media print { body { background: none; } .card, figure, .tile { break-inside: avoid; } }
  """
