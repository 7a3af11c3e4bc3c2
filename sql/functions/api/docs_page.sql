-- Requires: functions/api/docs_shell.sql
-- Requires: functions/api/route.sql
-- Serves the page on which each operation can be tried.
--
-- Role:    anon
-- Returns: 200 HTML, 304 if the client has it already
CREATE OR REPLACE FUNCTION api.docs_page(if_none_match text DEFAULT NULL)
RETURNS api.reply LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_markup CONSTANT text := $markup$<div id="page" class="explore">
<div id="bar"></div>
<aside id="side"></aside>
<main id="content" tabindex="-1"><p class="notice" role="status">Loading the operations…</p></main>
</div>$markup$;
    v_script CONSTANT text := $script$'use strict';
(() => {
    const { h } = Docs;
    const bodyShownMax = 2 * 1024 * 1024;
    const panels = new Map();
    let model;

    // Credentials live as long as the tab, and go nowhere but into requests to this origin.
    const auth = {
        token: Docs.kept(sessionStorage, 'docs.token') ?? '',
        key: Docs.kept(sessionStorage, 'docs.key') ?? '',
        listeners: new Set(),
        set(change) {
            Object.assign(auth, change);
            Docs.keep(sessionStorage, 'docs.token', auth.token || null);
            Docs.keep(sessionStorage, 'docs.key', auth.key || null);
            auth.listeners.forEach((listener) => listener());
        },
    };
    const claimsOf = (token) => {
        try {
            const bytes = Uint8Array.from(atob(token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/')), (letter) => letter.charCodeAt(0));
            return JSON.parse(new TextDecoder().decode(bytes));
        } catch { return null; }
    };

    const authButton = () => {
        const text = h('span', null);
        const button = h('button', { type: 'button', className: 'sign-in' }, Docs.icon('lock'), text);
        const show = () => {
            const signed = Boolean(auth.token || auth.key);
            text.textContent = signed ? 'Signed in' : 'Sign in';
            button.classList.toggle('on', signed);
        };
        auth.listeners.add(show);
        show();
        const dialog = authDialog();
        document.body.append(dialog);
        button.addEventListener('click', () => {
            dialog.showModal();
            dialog.querySelector('input, textarea')?.focus();
        });
        return button;
    };

    const authDialog = () => {
        const logins = model.operations.filter((operation) => operation.method === 'post' && /\/login$/.test(operation.path) && operation.body);
        const token = h('textarea', { id: 'auth-token', rows: '3', spellcheck: 'false', autocomplete: 'off' }, auth.token);
        const key = h('input', { id: 'auth-key', type: 'password', autocomplete: 'off', value: auth.key });
        const state = h('p', { className: 'hint', 'aria-live': 'polite' });
        const show = () => {
            token.value = auth.token;
            key.value = auth.key;
            const claims = auth.token ? claimsOf(auth.token) : null;
            const ends = claims?.exp ? new Date(claims.exp * 1000) : null;
            state.textContent = claims
                ? 'Token of ' + (claims.email ?? claims.user_id ?? claims.sub ?? 'an unnamed user') + (ends ? (ends > new Date() ? ', valid until ' : ', ended at ') + ends.toLocaleTimeString() : '') + '.'
                : auth.token ? 'A token that is not a JWT.' : auth.key ? 'An API key is set.' : 'No credential is set.';
        };
        auth.listeners.add(show);
        show();
        const where = h('select', { id: 'auth-login' }, logins.map((operation) => h('option', { value: operation.id }, operation.tag + ' · ' + operation.path)));
        const email = h('input', { id: 'auth-email', type: 'email', autocomplete: 'username', required: true });
        const password = h('input', { id: 'auth-password', type: 'password', autocomplete: 'current-password', required: true });
        const outcome = h('p', { className: 'hint', role: 'status' });
        const signIn = h('form', null,
            h('h3', null, 'With e-mail and password'),
            logins.length > 1 && h('div', { className: 'field' }, h('label', { for: 'auth-login' }, 'At'), where),
            h('div', { className: 'pair' },
                h('div', { className: 'field' }, h('label', { for: 'auth-email' }, 'E-mail'), email),
                h('div', { className: 'field' }, h('label', { for: 'auth-password' }, 'Password'), password)),
            h('button', { type: 'submit', className: 'primary' }, 'Sign in'), outcome);
        signIn.addEventListener('submit', async (event) => {
            event.preventDefault();
            const operation = model.byId.get(where.value);
            outcome.textContent = 'Signing in…';
            try {
                const request = Docs.requestFor(operation, { body: JSON.stringify({ email: email.value, password: password.value }) });
                const response = await fetch(request.url, { ...request, credentials: 'omit' });
                const answer = await response.json();
                const found = answer.access_token ?? answer.data?.access_token;
                if (response.ok && found) {
                    auth.set({ token: found, key: '' });
                    password.value = '';
                    outcome.textContent = 'Signed in.';
                } else {
                    outcome.textContent = response.status + ': ' + (answer.detail ?? answer.error?.message ?? 'refused');
                }
            } catch (error) {
                outcome.textContent = error.message;
            }
        });
        const dialog = h('dialog', { 'aria-labelledby': 'auth-title' },
            h('div', { className: 'dialog-head' }, h('h2', { id: 'auth-title' }, 'Sign in'),
                h('button', { type: 'button', className: 'quiet', 'aria-label': 'Close', onclick: () => dialog.close() }, '✕')),
            state,
            logins.length > 0 && signIn,
            h('form', { onsubmit: (event) => { event.preventDefault(); auth.set({ token: token.value.trim(), key: key.value.trim() }); dialog.close(); } },
                h('h3', null, 'With a credential you have'),
                h('div', { className: 'field' }, h('label', { for: 'auth-token' }, 'Access token ', h('small', null, 'Authorization: Bearer')), token),
                h('div', { className: 'field' }, h('label', { for: 'auth-key' }, 'API key ', h('small', null, 'X-API-Key')), key),
                h('div', { className: 'actions' },
                    h('button', { type: 'submit', className: 'primary' }, 'Use'),
                    h('button', { type: 'button', onclick: () => auth.set({ token: '', key: '' }) }, 'Forget both'))),
            h('p', { className: 'hint' }, 'Kept in this tab only.'));
        dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
        return dialog;
    };

    // A field for one parameter, of the kind its schema asks for.
    const parameterField = (operation, parameter, changed) => {
        const schema = Docs.resolve(parameter.schema ?? Object.values(parameter.content ?? {})[0]?.schema);
        const id = operation.id + '.' + parameter.in + '.' + parameter.name;
        const type = Docs.typesOf(schema)[0];
        const values = type === 'boolean' ? ['true', 'false'] : Docs.enumOf(schema);
        const common = { id, name: parameter.name, required: parameter.required === true, 'aria-describedby': id + '.about' };
        let input;
        if (values.length > 0) {
            input = h('select', common, h('option', { value: '' }, parameter.required ? 'Choose…' : schema.default !== undefined ? 'Default (' + schema.default + ')' : 'Not sent'),
                values.map((value) => h('option', { value: String(value) }, String(value))));
        } else {
            const placeholder = schema.default !== undefined ? String(schema.default) : schema.format === 'uuid' ? '00000000-0000-…' : schema.format === 'date-time' ? '2026-01-31T12:00:00Z' : '';
            const kind = type === 'integer' || type === 'number' ? 'number' : schema.format === 'date' ? 'date' : 'text';
            input = h('input', { ...common, type: kind, placeholder, autocomplete: 'off', spellcheck: 'false',
                step: type === 'integer' ? '1' : type === 'number' ? 'any' : null,
                min: kind === 'number' ? schema.minimum : null, max: kind === 'number' ? schema.maximum : null });
        }
        input.addEventListener('input', changed);
        return {
            parameter, input,
            node: h('div', { className: 'field' },
                h('label', { for: id }, h('code', null, parameter.name), h('span', { className: 'where' }, parameter.in), parameter.required && h('span', { className: 'mark required' }, 'required')),
                input,
                h('div', { id: id + '.about', className: 'hint facts' }, h('span', { className: 'type' }, Docs.typeName(schema)),
                    Docs.limits(schema).map((word) => h('span', { className: 'limit' }, word)), parameter.description && h('span', null, parameter.description))),
        };
    };

    const bodyEditor = (operation, changed) => {
        const id = operation.id + '.body';
        const isJson = operation.body.type === 'application/json';
        const start = (full) => isJson ? JSON.stringify(Docs.sample(operation.body.schema, { full }), null, 2) : '';
        const area = h('textarea', { id, className: 'editor', spellcheck: 'false', autocomplete: 'off', 'aria-describedby': id + '.state' }, start(false));
        const state = h('span', { id: id + '.state', className: 'hint', 'aria-live': 'polite' });
        const fit = () => { area.rows = Math.min(Math.max(area.value.split('\n').length + 1, 4), 24); };
        const check = () => {
            fit();
            state.className = 'hint';
            state.textContent = '';
            if (isJson && area.value.trim() !== '') {
                try { JSON.parse(area.value); } catch (error) { state.className = 'hint wrong'; state.textContent = error.message; }
            }
            changed();
        };
        area.addEventListener('input', check);
        area.addEventListener('keydown', (event) => {
            if (event.key !== 'Tab' || event.shiftKey || area.dataset.leave) { delete area.dataset.leave; if (event.key === 'Escape') area.dataset.leave = 'yes'; return; }
            event.preventDefault();
            area.setRangeText('  ', area.selectionStart, area.selectionEnd, 'end');
            check();
        });
        const put = (text) => { area.value = text; check(); };
        fit();
        return {
            area,
            node: h('div', { className: 'field' },
                h('div', { className: 'label-row' }, h('label', { for: id }, 'Body ', h('small', null, operation.body.type)),
                    isJson && h('span', { className: 'actions' },
                        h('button', { type: 'button', className: 'quiet', onclick: () => put(start(false)) }, 'Required only'),
                        h('button', { type: 'button', className: 'quiet', onclick: () => put(start(true)) }, 'All fields'),
                        h('button', { type: 'button', className: 'quiet', onclick: () => { try { put(JSON.stringify(JSON.parse(area.value), null, 2)); } catch { /* its fault is shown already */ } } }, 'Format'))),
                area, state,
                h('details', { className: 'nested' }, h('summary', null, 'Schema'), Docs.schemaTable(operation.body.schema))),
        };
    };

    const size = (count) => count < 1024 ? count + ' B' : count < 1024 * 1024 ? (count / 1024).toFixed(1) + ' KB' : (count / 1024 / 1024).toFixed(1) + ' MB';

    const answerView = () => {
        const node = h('section', { className: 'answer', 'aria-label': 'Answer', hidden: true });
        return {
            node,
            waiting(stop) {
                node.hidden = false;
                node.replaceChildren(h('p', { className: 'answer-head', role: 'status' }, h('span', { className: 'spinner' }), 'Waiting for the answer…', h('button', { type: 'button', onclick: stop }, 'Stop')));
            },
            failed(text) {
                node.hidden = false;
                node.replaceChildren(h('p', { className: 'notice', role: 'alert' }, text));
            },
            show(response, elapsed, text, count, note, stop) {
                const type = response.headers.get('content-type') ?? '';
                let pretty = text;
                const isJson = /[/+]json/.test(type);
                if (isJson) { try { pretty = JSON.stringify(JSON.parse(text), null, 2); } catch { /* shown as it came */ } }
                const headers = [...response.headers].sort();
                node.replaceChildren(
                    h('p', { className: 'answer-head', role: 'status' },
                        h('span', { className: 'status ' + Docs.statusKind(response.status) }, String(response.status)),
                        h('strong', null, response.statusText), h('span', null, Math.round(elapsed) + ' ms'), h('span', null, size(count)),
                        response.headers.get('x-request-id') && h('code', { title: 'X-Request-Id' }, response.headers.get('x-request-id')),
                        stop && h('button', { type: 'button', onclick: stop }, 'Stop')),
                    note && h('p', { className: 'hint' }, note),
                    text === '' ? h('p', { className: 'hint' }, 'No body.') : Docs.codeBlock(pretty, { label: type || 'Body', json: isJson }),
                    h('details', { className: 'nested' }, h('summary', null, headers.length + (headers.length === 1 ? ' header' : ' headers')),
                        h('div', { className: 'table-frame' }, h('table', { className: 'headers' }, h('tbody', null, headers.map(([name, value]) =>
                            h('tr', null, h('th', { scope: 'row' }, name), h('td', null, value))))))));
            },
        };
    };

    const panelFor = (operation) => {
        let timer = 0;
        const changed = () => { cancelAnimationFrame(timer); timer = requestAnimationFrame(showCommand); };
        const fields = operation.parameters.map((parameter) => parameterField(operation, parameter, changed));
        const editor = operation.body ? bodyEditor(operation, changed) : null;
        const values = () => {
            const all = { path: {}, query: {}, header: {} };
            for (const { parameter, input } of fields) (all[parameter.in] ?? {})[parameter.name] = input.value;
            if (editor) all.body = editor.area.value;
            return all;
        };
        const command = h('div', { className: 'command' });
        const showCommand = () => {
            const shown = { token: auth.token && '$TOKEN', key: auth.key && '$API_KEY' };
            const text = Docs.curl(Docs.requestFor(operation, values(), auth));
            const hidden = Docs.curl(Docs.requestFor(operation, values(), shown));
            command.replaceChildren(h('figure', { className: 'code' },
                h('figcaption', null, h('span', null, 'curl'), Docs.copyButton(() => text)),
                h('pre', { tabindex: '0', 'aria-label': 'curl command' }, h('code', null, hidden))));
        };
        auth.listeners.add(changed);
        const answer = answerView();
        let running = null;
        const execute = async () => {
            const wrong = fields.find(({ input }) => !input.checkValidity());
            if (wrong) { wrong.input.reportValidity(); return; }
            running?.abort();
            const mine = running = new AbortController();
            const request = Docs.requestFor(operation, values(), auth);
            answer.waiting(() => mine.abort());
            const begun = performance.now();
            try {
                const response = await fetch(request.url, { ...request, credentials: 'omit', cache: 'no-store', signal: mine.signal });
                const elapsed = performance.now() - begun;
                const type = response.headers.get('content-type') ?? '';
                if (!/^text\/|[/+](json|xml|javascript)|^$/.test(type)) {
                    const blob = await response.blob();
                    answer.show(response, elapsed, '', blob.size, 'Binary content of type ' + type + ' is not shown.');
                    return;
                }
                const live = type.startsWith('text/event-stream');
                const decoder = new TextDecoder();
                let text = '', count = 0, note = live ? 'Live: events appear as they arrive.' : '';
                const reader = response.body?.getReader();
                try {
                    while (reader) {
                        const { done, value } = await reader.read();
                        if (done || mine !== running) break;
                        count += value.byteLength;
                        text += decoder.decode(value, { stream: true });
                        if (count > bodyShownMax) { note = 'Only the first ' + size(bodyShownMax) + ' are shown.'; mine.abort(); break; }
                        if (live) answer.show(response, elapsed, text, count, note, () => mine.abort());
                    }
                } catch (error) {
                    if (error.name !== 'AbortError') throw error;
                    note ||= 'Stopped.';
                }
                if (mine === running) answer.show(response, elapsed, text, count, live ? 'The stream has ended.' : note);
            } catch (error) {
                if (mine === running) answer.failed(error.name === 'AbortError' ? 'Stopped.' : 'No answer: ' + error.message);
            }
        };
        const form = h('form', { className: 'try', novalidate: true },
            fields.length > 0 && h('div', { className: 'fields' }, fields.map(({ node }) => node)),
            editor?.node,
            fields.length === 0 && !editor && h('p', { className: 'hint' }, 'Takes no parameters.'),
            h('div', { className: 'actions' },
                h('button', { type: 'submit', className: 'primary', title: 'Ctrl + Enter' }, 'Execute'),
                h('a', { className: 'button', href: 'redoc#' + operation.id }, 'Reference')));
        form.addEventListener('submit', (event) => { event.preventDefault(); execute(); });
        form.addEventListener('keydown', (event) => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); execute(); } });
        showCommand();
        return h('div', { className: 'panel', id: operation.id + '.panel' },
            operation.description && h('p', { className: 'description' }, operation.description),
            Docs.chips(operation),
            h('div', { className: 'columns' },
                h('div', null, h('h4', null, 'Request'), form),
                h('div', null, h('h4', null, 'Try it'), command, answer.node, h('h4', null, 'Answers'), Docs.responseList(operation))));
    };

    const row = (operation) => {
        const button = h('button', { type: 'button', 'aria-expanded': 'false', 'aria-controls': operation.id + '.panel' },
            Docs.badge(operation.method), Docs.pathText(operation.path), h('span', { className: 'summary' }, operation.summary),
            operation.needsAuth && h('span', { className: 'locked', title: 'Signed in' }, Docs.icon('lock')), Docs.icon('chevron'));
        const article = h('article', { className: 'operation', id: operation.id }, h('h3', null, button));
        const open = () => {
            if (button.getAttribute('aria-expanded') === 'true') return;
            button.setAttribute('aria-expanded', 'true');
            article.classList.add('open');
            if (!panels.has(operation.id)) panels.set(operation.id, panelFor(operation));
            article.append(panels.get(operation.id));
        };
        const close = () => {
            button.setAttribute('aria-expanded', 'false');
            article.classList.remove('open');
            panels.get(operation.id)?.remove();
        };
        button.addEventListener('click', () => {
            if (button.getAttribute('aria-expanded') === 'true') close();
            else { open(); history.replaceState(null, '', '#' + operation.id); side.select(operation.id); }
        });
        return { operation, article, open };
    };

    const counted = (count) => count + (count === 1 ? ' operation' : ' operations');
    let side;
    const rows = new Map();
    const follow = () => {
        const id = decodeURIComponent(location.hash.slice(1));
        const target = rows.get(id);
        document.body.classList.remove('nav-open');
        if (!target) return;
        target.article.hidden = false;
        target.article.closest('.section').hidden = target.article.closest('.group').hidden = false;
        target.open();
        side.select(id);
        target.article.scrollIntoView({ block: 'start' });
        target.article.querySelector('button').focus({ preventScroll: true });
    };

    const start = async () => {
        model = await Docs.load();
        document.title = model.info.title + ' · Explore';
        const sections = [];
        const groups = model.groups.map((group) => {
            const node = h('section', { className: 'group' }, h('h2', null, group.name, h('span', { className: 'count' }, counted(group.count))),
                group.sections.map((section) => {
                    const own = section.operations.map(row);
                    own.forEach((one) => rows.set(one.operation.id, one));
                    const inner = h('div', { className: 'section' }, section.name && h('p', { className: 'section-name' }, section.name.replace(/_/g, ' ')), own.map(({ article }) => article));
                    sections.push({ node: inner, own });
                    return inner;
                }));
            return node;
        });
        const none = h('p', { className: 'notice', hidden: true }, 'No operation matches the search.');
        side = Docs.navigation(model, (words, total) => {
            for (const { node, own } of sections) {
                let shown = 0;
                for (const { operation, article } of own) {
                    article.hidden = !Docs.matches(operation, words);
                    shown += !article.hidden;
                }
                node.hidden = shown === 0;
            }
            groups.forEach((node) => {
                const shown = node.querySelectorAll('.operation:not([hidden])').length;
                node.hidden = shown === 0;
                node.querySelector('.count').textContent = counted(shown);
            });
            none.hidden = total > 0;
        });
        document.getElementById('bar').replaceWith(Docs.header(model, 'docs', side.input, authButton()));
        document.getElementById('side').append(side.node);
        document.getElementById('content').replaceChildren(
            h('div', { className: 'intro' }, h('h1', null, model.info.title + ' API'),
                h('p', null, model.operations.length + ' operations in ' + model.groups.length + ' products, on one origin. Open one, fill in its fields, and execute it against this server.')),
            ...groups, none);
        addEventListener('hashchange', follow);
        follow();
        document.documentElement.dataset.ready = 'true';
    };
    start().catch(Docs.fail);
})();
$script$;
BEGIN
    RETURN api.docs_shell('PgServer · Explore', v_markup, v_script, docs_page.if_none_match);
END;
$$;
COMMENT ON FUNCTION api.docs_page(text) IS 'Serves the page on which each operation can be tried.';
GRANT EXECUTE ON FUNCTION api.docs_page(text) TO anon, member;
SELECT api.route('GET /docs', 'api.docs_page', dialect => 'server', auth => 'none',
    sources => '{"if_none_match": "header:If-None-Match"}', envelope => '${body}', content_type => 'text/html',
    tag => 'Documentation');
