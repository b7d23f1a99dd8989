// How the page looks: by light, in the dark, on a telephone and on paper.

namespace EsimTools.Reports;

/// <summary>The style sheet of the page.</summary>
internal static class HtmlStyle
{
    /// <summary>The sheet.</summary>
    public const string Sheet = """
        :root { --paper: #fff; --ink: #1b1f24; --calm: #59636e; --line: #d5dae0; --card: #f5f7f9; --ok: #0b7a53; --bad: #b3261e; --doubt: #8f5a00; --open: #1f5fa8; }
        @media (prefers-color-scheme: dark) {
          :root { --paper: #14171a; --ink: #e6e9ec; --calm: #9aa4af; --line: #343b43; --card: #1e2327; --ok: #3fc28c; --bad: #ff8a80; --doubt: #f0b55a; --open: #7fb3f0; }
        }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
        main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
        h1 { margin: 0; font-size: 1.75rem; line-height: 1.2; overflow-wrap: anywhere; }
        h2 { margin: 2.25rem 0 .6rem; font-size: 1.2rem; }
        h3 { margin: 1.25rem 0 .4rem; font-size: 1rem; }
        p { margin: .4rem 0; }
        .over, .calm, footer { color: var(--calm); }
        .over { margin: 0 0 .25rem; font-size: .85rem; }
        .why { font-size: 1.1rem; overflow-wrap: anywhere; }
        .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .6rem; margin: 0 0 1rem; padding: 0; list-style: none; }
        .tiles li { padding: .6rem .8rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--card); color: var(--calm); font-size: .9rem; }
        .tiles b { display: block; color: var(--ink); font-size: 1.6rem; line-height: 1.25; font-variant-numeric: tabular-nums; }
        .tiles .ok b { color: var(--ok); }
        .tiles .bad b { color: var(--bad); }
        .tiles .doubt b, span.doubt { color: var(--doubt); }
        .tiles .open b, span.open { color: var(--open); }
        span.doubt, span.open { font-weight: 600; white-space: nowrap; }
        svg { display: block; width: 100%; height: auto; overflow: visible; }
        svg text { fill: var(--calm); font: 12px system-ui, "Segoe UI", Roboto, Arial, sans-serif; }
        svg .ok { fill: var(--ok); } svg .bad { fill: var(--bad); } svg .doubt { fill: var(--doubt); } svg .open { fill: var(--open); } svg .none { fill: var(--line); }
        svg .axis { stroke: var(--line); }
        .bar svg { height: 1.1rem; border-radius: .3rem; overflow: hidden; }
        .legend { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; margin: .4rem 0 0; padding: 0; list-style: none; color: var(--calm); font-size: .85rem; }
        .legend i { display: inline-block; width: .8em; height: .8em; margin-right: .4em; border-radius: .15em; }
        i.ok { background: var(--ok); } i.bad { background: var(--bad); } i.doubt { background: var(--doubt); } i.open { background: var(--open); }
        .next { margin: 0; padding: 0; list-style: none; }
        .next li { margin: 0 0 .5rem; padding: .6rem .8rem; border-left: .25rem solid var(--open); background: var(--card); }
        code { display: block; margin-top: .2rem; font: .9em ui-monospace, Consolas, "Liberation Mono", monospace; overflow-wrap: anywhere; }
        .wide { overflow-x: auto; }
        table { width: 100%; border-collapse: collapse; font-size: .95rem; }
        th, td { padding: .4rem .8rem .4rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
        th { color: var(--calm); font-weight: 600; font-size: .85rem; }
        td { overflow-wrap: anywhere; min-width: 4rem; }
        .n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        .w { white-space: nowrap; }
        th.n { white-space: normal; }
        td.id, dd.id, .ids { font-family: ui-monospace, Consolas, "Liberation Mono", monospace; font-size: .9em; }
        .ids { color: var(--calm); overflow-wrap: anywhere; }
        details summary { color: var(--calm); cursor: pointer; font-size: .85rem; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem; margin: 0 0 1.2rem; }
        dt { color: var(--calm); }
        dd { margin: 0; overflow-wrap: anywhere; }
        footer { margin-top: 2.5rem; padding-top: .8rem; border-top: 1px solid var(--line); font-size: .85rem; overflow-wrap: anywhere; }
        @media (max-width: 40rem) { svg text { font-size: 24px; } }
        @media print {
          :root { --paper: #fff; --ink: #000; --calm: #444; --line: #bbb; --card: #fff; --ok: #0b7a53; --bad: #b3261e; --doubt: #8f5a00; --open: #1f5fa8; }
          body { font-size: 10.5pt; }
          main { max-width: none; padding: 0; }
          h2, h3 { break-after: avoid; }
          tr, li, dl, svg { break-inside: avoid; }
          .wide { overflow: visible; }
          svg rect, i { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
        }

        """;
}
