-- Requires: functions/api/docs_shell.sql
-- Requires: functions/api/route.sql
-- Serves the page on which all operations can be read, with samples beside them.
--
-- Role:    anon
-- Returns: 200 HTML, 304 if the client has it already
CREATE OR REPLACE FUNCTION api.redoc_page(if_none_match text DEFAULT NULL)
RETURNS api.reply LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_markup CONSTANT text := $markup$<div id="page" class="reference">
<div id="bar"></div>
<aside id="side"></aside>
<main id="content" tabindex="-1"><p class="notice" role="status">Loading the operations…</p></main>
</div>$markup$;
    v_script CONSTANT text := $script$'use strict';
(() => {
    const { h } = Docs;
    const languages = [['curl', Docs.curl], ['JavaScript', Docs.javascript], ['Python', Docs.python]];
    let language = Docs.kept(localStorage, 'docs.language') ?? 'curl';
    let model;
    let side;
    const entries = new Map();

    const requestOf = (operation) => {
        const values = { path: {}, query: {}, header: {} };
        for (const parameter of operation.parameters) {
            if (!parameter.required) continue;
            const schema = parameter.schema ?? {};
            (values[parameter.in] ?? {})[parameter.name] = String(Docs.sample(schema, { name: parameter.name }));
        }
        if (operation.body?.type === 'application/json') values.body = JSON.stringify(Docs.sample(operation.body.schema), null, 2);
        return Docs.requestFor(operation, values, { token: '$TOKEN' });
    };

    // One choice of language for the whole page.
    const samples = (operation) => {
        const request = requestOf(operation);
        const name = operation.id + '.language';
        const frame = h('div', null);
        const show = () => frame.replaceChildren(Docs.codeBlock(languages.find(([label]) => label === language)[1](request), { label: language + ' sample' }));
        const tabs = h('fieldset', { className: 'tabs' }, h('legend', { className: 'offscreen' }, 'Language of the samples'),
            languages.map(([label]) => {
                const input = h('input', { type: 'radio', name, id: name + label, value: label });
                input.checked = label === language;
                input.addEventListener('change', () => {
                    language = label;
                    Docs.keep(localStorage, 'docs.language', label);
                    entries.forEach((entry) => entry.refresh?.());
                });
                return [input, h('label', { for: name + label }, label)];
            }));
        show();
        const refresh = () => { tabs.querySelectorAll('input').forEach((input) => { input.checked = input.value === language; }); show(); };
        return { node: h('div', null, tabs, frame), refresh };
    };

    const answerSample = (operation) => {
        const [status, raw] = Object.entries(operation.responses).find(([code]) => code < 300) ?? [];
        if (!raw) return null;
        const [type, media] = Object.entries(Docs.resolve(raw).content ?? {})[0] ?? [];
        if (type !== 'application/json' || Object.keys(media.schema ?? {}).length === 0) return null;
        return Docs.codeBlock(JSON.stringify(media.example ?? Docs.sample(media.schema), null, 2), { label: 'Answer ' + status, json: true });
    };

    const parameterTable = (operation) => {
        const places = [['path', 'Path parameters'], ['query', 'Query parameters'], ['header', 'Header parameters']];
        return places.map(([place, title]) => {
            const own = operation.parameters.filter((parameter) => parameter.in === place);
            return own.length > 0 && [h('h4', null, title), h('div', { className: 'table-frame' }, h('table', { className: 'schema' }, h('tbody', null, own.map((parameter) => {
                const schema = Docs.resolve(parameter.schema ?? {});
                return h('tr', null, h('th', { scope: 'row' }, h('code', null, parameter.name)),
                    h('td', null, h('div', { className: 'facts' }, Docs.facts(schema, parameter.required)), Docs.choices(schema), parameter.description && h('p', null, parameter.description)));
            }))))];
        });
    };

    const build = (entry) => {
        if (entry.built) return;
        entry.built = true;
        const { operation, node } = entry;
        const code = samples(operation);
        entry.refresh = code.refresh;
        node.append(
            h('div', { className: 'read' },
                operation.description && h('p', { className: 'description' }, operation.description),
                Docs.chips(operation),
                parameterTable(operation),
                operation.body && [h('h4', null, 'Body ', h('small', null, operation.body.type, operation.body.required ? ', required' : '')), Docs.schemaTable(operation.body.schema)],
                h('h4', null, 'Answers'), Docs.responseList(operation)),
            h('div', { className: 'samples' }, code.node, answerSample(operation)));
        node.classList.add('built');
    };

    // Operations are built as they come near. Around the one asked for they are built first, so that nothing moves it.
    const near = new IntersectionObserver((seen) => {
        for (const { isIntersecting, target } of seen) {
            if (!isIntersecting) continue;
            near.unobserve(target);
            build(entries.get(target.id));
        }
    }, { rootMargin: '1200px 0px' });

    const shown = new Set();
    const reading = new IntersectionObserver((seen) => {
        for (const { isIntersecting, target } of seen) isIntersecting ? shown.add(target.id) : shown.delete(target.id);
        const first = model.operations.find((operation) => shown.has(operation.id));
        if (first) side.select(first.id);
    }, { rootMargin: '-72px 0px -75% 0px' });

    const follow = () => {
        const id = decodeURIComponent(location.hash.slice(1));
        document.body.classList.remove('nav-open');
        if (!entries.has(id)) return;
        const at = model.operations.findIndex((operation) => operation.id === id);
        model.operations.slice(Math.max(at - 2, 0), at + 3).forEach((operation) => build(entries.get(operation.id)));
        side.select(id);
        entries.get(id).node.scrollIntoView({ block: 'start' });
        requestAnimationFrame(() => entries.get(id).node.scrollIntoView({ block: 'start' }));
    };

    const start = async () => {
        model = await Docs.load();
        document.title = model.info.title + ' · Reference';
        side = Docs.navigation(model);
        const groups = model.groups.map((group) => h('section', { className: 'group' },
            h('h2', null, group.name, h('span', { className: 'count' }, group.count + (group.count === 1 ? ' operation' : ' operations'))),
            group.sections.map((section) => section.operations.map((operation) => {
                const node = h('article', { className: 'entry', id: operation.id },
                    h('header', null,
                        section.name && h('p', { className: 'section-name' }, section.name.replace(/_/g, ' ')),
                        h('h3', null, operation.summary || operation.path, h('a', { className: 'anchor', href: '#' + operation.id, 'aria-label': 'Link to ' + (operation.summary || operation.path) }, Docs.icon('link'))),
                        h('p', { className: 'endpoint' }, Docs.badge(operation.method), Docs.pathText(operation.path), h('a', { className: 'button', href: 'docs#' + operation.id }, 'Try it'))));
                entries.set(operation.id, { operation, node });
                return node;
            }))));
        document.getElementById('bar').replaceWith(Docs.header(model, 'redoc', side.input));
        document.getElementById('side').append(side.node);
        document.getElementById('content').replaceChildren(
            h('div', { className: 'intro' }, h('h1', null, model.info.title + ' reference'),
                h('p', null, 'Version ' + model.info.version + '. ' + model.operations.length + ' operations in ' + model.groups.length + ' products, described by the server that answers them.')),
            ...groups);
        entries.forEach(({ node }) => { near.observe(node); reading.observe(node); });
        addEventListener('hashchange', follow);
        follow();
        document.documentElement.dataset.ready = 'true';
    };
    start().catch(Docs.fail);
})();
$script$;
BEGIN
    RETURN api.docs_shell('PgServer · Reference', v_markup, v_script, redoc_page.if_none_match);
END;
$$;
COMMENT ON FUNCTION api.redoc_page(text) IS 'Serves the page on which all operations can be read.';
GRANT EXECUTE ON FUNCTION api.redoc_page(text) TO anon, member;
SELECT api.route('GET /redoc', 'api.redoc_page', dialect => 'server', auth => 'none',
    sources => '{"if_none_match": "header:If-None-Match"}', envelope => '${body}', content_type => 'text/html',
    tag => 'Documentation');
