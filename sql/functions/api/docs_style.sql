-- Requires: functions/api/docs_reply.sql
-- Requires: functions/api/route.sql
-- Serves the style sheet that both pages about this API share.
--
-- Role:    anon
-- Returns: 200 CSS, 304 if the client has it already
CREATE OR REPLACE FUNCTION api.docs_style(if_none_match text DEFAULT NULL)
RETURNS api.reply LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_style CONSTANT text := $style$:root {
    --ground: #ffffff; --raised: #f6f7f9; --sunken: #eef0f4; --line: #dde1e8; --ink: #171b22; --soft: #525c6b;
    --accent: #2456c7; --accent-ink: #ffffff; --accent-wash: #eaf0fd; --wrong: #b3261e; --wrong-wash: #fdecea;
    --get: #0b6b4f; --get-wash: #e0f4ec; --post: #1f4fb8; --post-wash: #e5edfd; --put: #8a4b00; --put-wash: #fdf0dc;
    --patch: #6b3fa0; --patch-wash: #f2eafb; --delete: #a8201a; --delete-wash: #fde8e6;
    --code: #1b1f27; --code-ink: #e6e9ef; --code-soft: #a3adbd; --code-line: #333a47;
    --j-key: #8cc4ff; --j-string: #a5e0a8; --j-number: #f5c07a; --j-word: #e3a6f2;
    --mono: ui-monospace, "SF Mono", "Cascadia Code", "JetBrains Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
    --bar: 56px; --radius: 8px;
    color-scheme: light;
}
:root[data-theme="dark"] {
    --ground: #0f1217; --raised: #161a21; --sunken: #1d222b; --line: #2b323d; --ink: #e8ebf0; --soft: #a4aebd;
    --accent: #8db2ff; --accent-ink: #0c1a3a; --accent-wash: #17233d; --wrong: #ff9c93; --wrong-wash: #3a1917;
    --get: #6fd8b0; --get-wash: #12312a; --post: #9bbcff; --post-wash: #182746; --put: #f2bd73; --put-wash: #372813;
    --patch: #cfaef5; --patch-wash: #2a1f3b; --delete: #ff9d96; --delete-wash: #3b1b19;
    --code: #0a0c10; --code-line: #2b323d;
    color-scheme: dark;
}
@media (prefers-color-scheme: dark) {
    :root:not([data-theme="light"]) {
        --ground: #0f1217; --raised: #161a21; --sunken: #1d222b; --line: #2b323d; --ink: #e8ebf0; --soft: #a4aebd;
        --accent: #8db2ff; --accent-ink: #0c1a3a; --accent-wash: #17233d; --wrong: #ff9c93; --wrong-wash: #3a1917;
        --get: #6fd8b0; --get-wash: #12312a; --post: #9bbcff; --post-wash: #182746; --put: #f2bd73; --put-wash: #372813;
        --patch: #cfaef5; --patch-wash: #2a1f3b; --delete: #ff9d96; --delete-wash: #3b1b19;
        --code: #0a0c10; --code-line: #2b323d;
        color-scheme: dark;
    }
}
*, ::before, ::after { box-sizing: border-box; }
[hidden] { display: none !important; }
html { scroll-padding-top: calc(var(--bar) + 12px); }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", sans-serif; -webkit-text-size-adjust: 100%; }
h1, h2, h3, h4, p, ul, figure, pre, fieldset { margin: 0; padding: 0; border: 0; }
ul { list-style: none; }
a { color: var(--accent); text-underline-offset: 3px; }
code, pre, kbd, .editor { font-family: var(--mono); font-size: 0.88em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
main:focus { outline: none; }
.offscreen, .skip:not(:focus) { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: fixed; z-index: 20; top: 8px; left: 8px; padding: 8px 14px; background: var(--accent); color: var(--accent-ink); border-radius: var(--radius); }
.icon { width: 16px; height: 16px; fill: none; stroke: currentColor; stroke-width: 1.4; stroke-linecap: round; stroke-linejoin: round; flex: none; }
.icon-lock path { fill: none; }
.notice { margin: 32px 0; padding: 16px 20px; background: var(--raised); border: 1px solid var(--line); border-radius: var(--radius); }
.notice[role="alert"] { margin: 12px 0; background: var(--wrong-wash); border-color: transparent; color: var(--wrong); }

button, .button, input, select, textarea { font: inherit; color: inherit; }
button, .button { display: inline-flex; align-items: center; gap: 6px; padding: 6px 14px; background: var(--ground); border: 1px solid var(--line); border-radius: 6px; cursor: pointer; text-decoration: none; font-size: 14px; line-height: 1.45; }
button:hover, .button:hover { background: var(--sunken); }
.primary { background: var(--accent); border-color: var(--accent); color: var(--accent-ink); font-weight: 600; }
.primary:hover { background: color-mix(in srgb, var(--accent) 88%, var(--ink)); }
.quiet { border-color: transparent; background: transparent; color: var(--soft); padding: 4px 8px; font-size: 13px; }
input, select, textarea { width: 100%; padding: 7px 10px; background: var(--ground); border: 1px solid color-mix(in srgb, var(--soft) 55%, var(--line)); border-radius: 6px; font-size: 14px; }
input:user-invalid, select:user-invalid { border-color: var(--wrong); }
::placeholder { color: var(--soft); opacity: 0.75; }
.actions { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
.hint { color: var(--soft); font-size: 13px; }
.hint.wrong { color: var(--wrong); }

.bar { position: sticky; top: 0; z-index: 10; grid-area: bar; display: flex; align-items: center; gap: 20px; height: var(--bar); padding: 0 20px; background: var(--ground); border-bottom: 1px solid var(--line); }
.brand { display: flex; align-items: baseline; gap: 8px; color: var(--ink); text-decoration: none; white-space: nowrap; }
.brand strong { font-size: 17px; letter-spacing: -0.01em; }
.brand small { color: var(--soft); font-size: 12px; }
.logo { align-self: center; width: 22px; height: 22px; border-radius: 6px; background: var(--accent); background-image: linear-gradient(var(--accent-ink), var(--accent-ink)), linear-gradient(var(--accent-ink), var(--accent-ink)), linear-gradient(var(--accent-ink), var(--accent-ink)); background-repeat: no-repeat; background-size: 12px 2px, 12px 2px, 7px 2px; background-position: 5px 6px, 5px 10px, 5px 14px; }
.search { position: relative; flex: 1; max-width: 460px; }
.search input { padding: 8px 34px 8px 12px; background: var(--raised); border-color: var(--line); }
.search kbd { position: absolute; right: 10px; top: 50%; translate: 0 -50%; padding: 0 6px; border: 1px solid var(--line); border-radius: 4px; color: var(--soft); font-size: 12px; pointer-events: none; background: var(--ground); }
.search input:focus + kbd { display: none; }
.links { display: flex; align-items: center; gap: 4px; margin-left: auto; }
.links a { padding: 6px 10px; border-radius: 6px; color: var(--soft); text-decoration: none; font-size: 14px; }
.links a:hover { color: var(--ink); background: var(--sunken); }
.links a[aria-current] { color: var(--ink); font-weight: 600; }
.sign-in { margin-left: 8px; }
.sign-in.on { background: var(--get-wash); border-color: transparent; color: var(--get); }
.menu { display: none; font-size: 18px; }

#page { display: grid; min-height: 100vh; grid-template: "bar bar" var(--bar) "side main" 1fr / 300px minmax(0, 1fr); }
aside { grid-area: side; position: sticky; top: var(--bar); height: calc(100vh - var(--bar)); overflow-y: auto; border-right: 1px solid var(--line); background: var(--raised); overscroll-behavior: contain; scrollbar-width: thin; }
main { grid-area: main; padding: 32px 40px 40vh; }
nav { padding: 12px 10px 40px; }
.nav-group > summary { display: flex; justify-content: space-between; align-items: center; padding: 8px 10px; border-radius: 6px; font-weight: 600; cursor: pointer; list-style: none; }
.nav-group > summary::-webkit-details-marker { display: none; }
.nav-group > summary:hover { background: var(--sunken); }
.count { color: var(--soft); font-size: 12px; font-weight: 400; font-variant-numeric: tabular-nums; }
.nav-section h3 { padding: 10px 10px 3px; color: var(--soft); font-size: 11px; font-weight: 600; letter-spacing: 0.06em; text-transform: uppercase; }
.nav-section a { display: flex; align-items: center; gap: 8px; padding: 4px 10px; border-radius: 6px; color: var(--ink); font-size: 13px; line-height: 1.4; text-decoration: none; }
.nav-section a > span:last-child { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.nav-section a:hover { background: var(--sunken); }
.nav-section a[aria-current] { background: var(--accent-wash); color: var(--accent); font-weight: 600; }
.nav-section .method { min-width: 44px; padding: 1px 0; background: none; font-size: 10px; text-align: left; }
.none { padding: 12px; color: var(--soft); }

.method { flex: none; min-width: 64px; padding: 3px 8px; border-radius: 5px; font: 700 11px/1.5 var(--mono); letter-spacing: 0.02em; text-align: center; }
.get { color: var(--get); background: var(--get-wash); } .post { color: var(--post); background: var(--post-wash); }
.put { color: var(--put); background: var(--put-wash); } .patch { color: var(--patch); background: var(--patch-wash); }
.delete { color: var(--delete); background: var(--delete-wash); }
.path { font-size: 13.5px; font-weight: 600; overflow-wrap: anywhere; }
.hole { color: var(--accent); font-weight: 500; }
.status { padding: 1px 8px; border-radius: 5px; font: 700 12px/1.6 var(--mono); }
.status.good { color: var(--get); background: var(--get-wash); } .status.moved, .status.other { color: var(--soft); background: var(--sunken); }
.status.bad { color: var(--put); background: var(--put-wash); } .status.broken { color: var(--delete); background: var(--delete-wash); }

.intro { max-width: 760px; padding-bottom: 8px; }
.intro h1 { font-size: 30px; line-height: 1.2; letter-spacing: -0.02em; }
.intro p { margin-top: 8px; color: var(--soft); font-size: 16px; }
.group { margin-top: 40px; }
.group > h2 { display: flex; align-items: baseline; gap: 12px; padding-bottom: 10px; font-size: 21px; letter-spacing: -0.01em; border-bottom: 1px solid var(--line); }
.group > h2 .count { font-size: 13px; }
.section-name { margin: 20px 0 8px; color: var(--soft); font-size: 12px; font-weight: 600; letter-spacing: 0.06em; text-transform: uppercase; }

.explore .section { content-visibility: auto; contain-intrinsic-size: auto 400px; }
.operation { border: 1px solid var(--line); border-radius: var(--radius); background: var(--ground); }
.operation + .operation { margin-top: 6px; }
.operation h3 { font-size: inherit; font-weight: inherit; }
.operation h3 button { width: 100%; gap: 12px; padding: 9px 12px; border: 0; border-radius: var(--radius); background: none; text-align: left; }
.operation h3 button:focus-visible { outline-offset: -2px; border-radius: var(--radius); }
.operation h3 button:hover { background: var(--raised); }
.operation .summary { flex: 1; min-width: 0; overflow: hidden; color: var(--soft); text-overflow: ellipsis; white-space: nowrap; }
.operation .path { flex: 0 1 auto; }
.operation .icon { color: var(--soft); }
.locked { display: inline-flex; }
.operation .icon-chevron { transition: rotate 0.12s; }
.operation.open { border-color: color-mix(in srgb, var(--accent) 45%, var(--line)); box-shadow: 0 1px 8px rgb(0 0 0 / 6%); }
.operation.open h3 button { border-bottom: 1px solid var(--line); border-radius: var(--radius) var(--radius) 0 0; background: var(--raised); }
.operation.open .icon-chevron { rotate: 90deg; }
.panel { padding: 20px; }
.description { max-width: 80ch; margin-bottom: 12px; }
.chips { display: flex; flex-wrap: wrap; gap: 6px; }
.chips li { display: inline-flex; align-items: center; gap: 5px; padding: 2px 10px; border: 1px solid var(--line); border-radius: 99px; color: var(--soft); font-size: 12.5px; }
.chips .icon { width: 13px; height: 13px; }
.columns { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 32px; }
h4 { margin: 22px 0 10px; font-size: 14px; }
h4 small, label small { color: var(--soft); font-weight: 400; }
.try { display: grid; gap: 18px; }
.fields { display: grid; gap: 16px; }
.field { display: grid; gap: 5px; min-width: 0; }
.field label { display: flex; align-items: baseline; gap: 8px; font-size: 14px; font-weight: 600; }
.label-row { display: flex; justify-content: space-between; align-items: center; flex-wrap: wrap; }
.label-row .actions { gap: 0; }
.where { color: var(--soft); font-size: 12px; font-weight: 400; }
.editor { min-height: 96px; resize: vertical; background: var(--raised); line-height: 1.5; tab-size: 2; }
.answer { margin-top: 14px; }
.answer-head { display: flex; flex-wrap: wrap; align-items: center; gap: 12px; margin-bottom: 10px; font-size: 14px; }
.answer-head code { margin-left: auto; color: var(--soft); font-size: 12px; overflow-wrap: anywhere; }
.spinner { width: 14px; height: 14px; border: 2px solid var(--line); border-top-color: var(--accent); border-radius: 50%; animation: turn 0.8s linear infinite; }
@keyframes turn { to { rotate: 1turn; } }

.code { overflow: hidden; border-radius: var(--radius); background: var(--code); color: var(--code-ink); border: 1px solid var(--code-line); }
.code + .code { margin-top: 14px; }
.code figcaption { display: flex; justify-content: space-between; align-items: center; padding: 5px 6px 5px 14px; border-bottom: 1px solid var(--code-line); color: var(--code-soft); font-size: 12px; }
.code .quiet { color: var(--code-soft); }
.code .quiet:hover { background: var(--code-line); color: var(--code-ink); }
.code pre { max-height: 460px; padding: 12px 14px; overflow: auto; font-size: 14px; line-height: 1.5; tab-size: 4; scrollbar-width: thin; scrollbar-color: var(--code-line) transparent; }
.command pre { white-space: pre-wrap; overflow-wrap: anywhere; }
.j-key { color: var(--j-key); } .j-string { color: var(--j-string); } .j-number { color: var(--j-number); } .j-word { color: var(--j-word); }

.table-frame { border: 1px solid var(--line); border-radius: var(--radius); overflow-x: auto; }
table { width: 100%; border-collapse: collapse; }
tr + tr > * { border-top: 1px solid var(--line); }
th, td { padding: 9px 12px; text-align: left; vertical-align: top; font-weight: 400; }
.schema th { width: 30%; min-width: 110px; overflow-wrap: anywhere; }
.schema th code { font-size: 13px; font-weight: 600; }
.schema td { font-size: 14px; }
tr.inner > td { padding: 0 12px 12px 24px; border-top: 0; }
tr.inner .nested { margin-top: 0; }
.schema td > p { margin-top: 3px; color: var(--soft); }
.headers { font: 12.5px/1.5 var(--mono); }
.headers th { color: var(--soft); white-space: nowrap; } .headers td { overflow-wrap: anywhere; }
.facts { display: flex; flex-wrap: wrap; align-items: baseline; gap: 3px 10px; }
.type { font: 13px/1.6 var(--mono); }
.limit { color: var(--soft); font-size: 13px; }
.mark { color: var(--soft); font-size: 12px; }
.mark.required { color: var(--delete); font-weight: 500; }
.choices { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 6px; margin-top: 3px; color: var(--soft); font-size: 13px; }
.choices code, .limit code, .chips code { padding: 0 5px; border-radius: 4px; background: var(--sunken); color: var(--ink); }
.array-note { padding: 8px 12px; color: var(--soft); font-size: 13px; }
.plain-type { display: flex; flex-wrap: wrap; gap: 10px; align-items: baseline; font-size: 14px; }
.nested { margin-top: 8px; }
.nested > summary { width: fit-content; color: var(--soft); font-size: 13px; cursor: pointer; }
.nested > summary:hover { color: var(--ink); }
.nested > .table-frame, .nested > .plain-type { margin-top: 6px; }
.responses { display: grid; grid-template-columns: minmax(0, 1fr); gap: 6px; }
.responses > details { border: 1px solid var(--line); border-radius: var(--radius); }
.responses > details > summary { display: flex; align-items: baseline; gap: 10px; padding: 7px 12px; cursor: pointer; font-size: 14px; list-style: none; border-radius: var(--radius); }
.responses > details > summary::-webkit-details-marker { display: none; }
.responses > details > summary:hover { background: var(--raised); }
.response-body { padding: 2px 12px 12px; }
.media { margin-bottom: 6px; color: var(--soft); font: 12px/1.6 var(--mono); }

dialog { width: min(560px, calc(100vw - 32px)); padding: 20px 24px; border: 1px solid var(--line); border-radius: 12px; background: var(--ground); color: var(--ink); box-shadow: 0 16px 60px rgb(0 0 0 / 30%); }
dialog::backdrop { background: rgb(10 14 22 / 55%); }
.dialog-head { display: flex; justify-content: space-between; align-items: center; }
dialog h2 { font-size: 20px; }
dialog form { display: grid; gap: 12px; margin: 16px 0; padding: 16px; border: 1px solid var(--line); border-radius: var(--radius); }
dialog form > button { justify-self: start; }
dialog h3 { font-size: 14px; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 12px; }

.reference main { padding: 0 0 30vh; background: linear-gradient(to right, var(--ground) 58%, var(--raised) 58%); }
.reference .intro, .reference .group > h2 { margin: 0; padding-left: 40px; padding-right: calc(42% + 40px); }
.reference .intro { max-width: none; padding-top: 32px; padding-bottom: 0; }
.reference .group > h2 { border: 0; padding-top: 44px; padding-bottom: 0; }
.entry { display: grid; grid-template-columns: 58% 42%; align-content: start; min-height: 520px; padding: 22px 0 34px; border-bottom: 1px solid var(--line); }
.entry.built { min-height: 0; }
.entry > header { grid-column: 1; padding: 0 40px; }
.entry > .read { grid-column: 1; padding: 0 40px; }
.entry > .samples { grid-column: 2; grid-row: 1 / span 2; padding: 22px 28px 0; min-width: 0; }
.samples > * { margin-bottom: 14px; }
@media (min-width: 1181px) { .entry > .samples { position: sticky; top: var(--bar); align-self: start; max-height: calc(100vh - var(--bar)); overflow-y: auto; scrollbar-width: thin; } }
.entry .section-name { margin: 4px 0 2px; }
.entry h3 { display: flex; align-items: center; gap: 8px; font-size: 21px; line-height: 1.3; letter-spacing: -0.01em; }
.anchor { display: inline-flex; opacity: 0; color: var(--soft); }
.entry h3:hover .anchor, .anchor:focus-visible { opacity: 1; }
.endpoint { display: flex; align-items: center; gap: 10px; margin: 10px 0 14px; padding: 8px 10px; background: var(--raised); border: 1px solid var(--line); border-radius: var(--radius); }
.endpoint .path { flex: 1; }
.endpoint .button { padding: 3px 12px; font-size: 13px; }
.tabs { display: flex; gap: 4px; margin-bottom: 8px; }
.tabs input { position: absolute; opacity: 0; pointer-events: none; width: 1px; }
.tabs label { padding: 4px 12px; border-radius: 6px; color: var(--soft); font-size: 13px; cursor: pointer; }
.tabs label:hover { color: var(--ink); }
.tabs input:checked + label { background: var(--accent-wash); color: var(--accent); font-weight: 600; }
.tabs input:focus-visible + label { outline: 2px solid var(--accent); outline-offset: 2px; }

@media (max-width: 1180px) {
    .columns { grid-template-columns: minmax(0, 1fr); gap: 0; }
    .reference main { background: none; }
    .entry { grid-template-columns: minmax(0, 1fr); }
    .entry > .samples { grid-column: 1; grid-row: auto; padding: 22px 40px 0; }
    .reference .intro, .reference .group > h2 { padding-right: 40px; }
}
@media (max-width: 860px) {
    #page { grid-template: "bar" var(--bar) "main" 1fr / minmax(0, 1fr); }
    .menu { display: block; }
    aside { display: none; position: fixed; z-index: 9; inset: var(--bar) 0 0; height: auto; }
    .nav-open aside { display: block; }
    main { padding: 20px 16px 30vh; }
    .bar { gap: 10px; padding: 0 12px; }
    .brand small, .brand strong, .links a, .search kbd { display: none; }
    .operation h3 button { flex-wrap: wrap; }
    .operation .summary { flex-basis: 100%; order: 5; white-space: normal; }
    .panel { padding: 14px; }
    .schema th { width: auto; min-width: 90px; }
    tr.inner > td { padding: 0 8px 8px; }
    .pair { grid-template-columns: 1fr; }
    .entry > header, .entry > .read, .entry > .samples, .reference .intro, .reference .group > h2 { padding-left: 16px; padding-right: 16px; }
}
@media (prefers-reduced-motion: reduce) { * { transition: none !important; animation-duration: 3s !important; } }
@media print { aside, .bar, .samples, .button { display: none !important; } #page { display: block; } }
$style$;
BEGIN
    RETURN api.document_reply('text/css; charset=utf-8', v_style, docs_style.if_none_match, api.entity_tag(v_style));
END;
$$;
COMMENT ON FUNCTION api.docs_style(text) IS 'Serves the style sheet that the pages about this API share.';
GRANT EXECUTE ON FUNCTION api.docs_style(text) TO anon, member;
SELECT api.route('GET /docs/style.css', 'api.docs_style', dialect => 'server', auth => 'none',
    sources => '{"if_none_match": "header:If-None-Match"}', envelope => '${body}', content_type => 'text/css',
    tag => 'Documentation');
