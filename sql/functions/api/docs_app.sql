-- Requires: functions/api/docs_reply.sql
-- Requires: functions/api/route.sql
-- Serves the script that both pages about this API share: it reads the OpenAPI document and knows how to show schemas,
-- samples and requests.
--
-- Role:    anon
-- Returns: 200 JavaScript, 304 if the client has it already
CREATE OR REPLACE FUNCTION api.docs_app(if_none_match text DEFAULT NULL)
RETURNS api.reply LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_script CONSTANT text := $script$'use strict';

const Docs = (() => {
    const base = new URL('.', document.baseURI);
    const methods = ['get', 'post', 'put', 'patch', 'delete'];
    const noZero = '^[^\\u0000]*$';
    const typeBounds = new Set([-32768, 32767, -2147483648, 2147483647, -(2 ** 63), 2 ** 63]);

    // What the reader chose stays chosen, unless the browser keeps nothing.
    const kept = (store, key) => { try { return store.getItem(key); } catch { return null; } };
    const keep = (store, key, value) => {
        try { value === null ? store.removeItem(key) : store.setItem(key, value); } catch { /* private mode */ }
    };

    const applyTheme = (theme) => {
        if (theme) document.documentElement.dataset.theme = theme;
        else delete document.documentElement.dataset.theme;
    };
    applyTheme(kept(localStorage, 'docs.theme'));

    // Elements. Strings become text, never markup.
    const h = (tag, props, ...children) => {
        const node = document.createElement(tag);
        for (const [key, value] of Object.entries(props ?? {})) {
            if (value === undefined || value === null || value === false) continue;
            if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
            else node.setAttribute(key === 'className' ? 'class' : key, value === true ? '' : value);
        }
        node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
        return node;
    };

    const icon = (name) => {
        const shapes = {
            lock: 'M4 7V5a4 4 0 0 1 8 0v2M3 7h10v7H3z',
            link: 'M6.5 9.5l3-3M7 4.5l1-1a3 3 0 0 1 4.5 4.5l-1 1M9 11.5l-1 1A3 3 0 0 1 3.5 8l1-1',
            theme: 'M8 2a6 6 0 1 0 0 12zM8 2a6 6 0 0 1 0 12',
            chevron: 'M6 4l4 4-4 4',
        };
        const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
        svg.setAttribute('viewBox', '0 0 16 16');
        svg.setAttribute('class', 'icon icon-' + name);
        svg.setAttribute('aria-hidden', 'true');
        const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
        path.setAttribute('d', shapes[name]);
        svg.append(path);
        return svg;
    };

    const themeButton = () => {
        const button = h('button', { className: 'quiet', type: 'button', title: 'Light or dark', 'aria-label': 'Switch between light and dark' }, icon('theme'));
        button.addEventListener('click', () => {
            const dark = document.documentElement.dataset.theme
                ? document.documentElement.dataset.theme === 'dark'
                : matchMedia('(prefers-color-scheme: dark)').matches;
            const theme = dark ? 'light' : 'dark';
            keep(localStorage, 'docs.theme', theme);
            applyTheme(theme);
        });
        return button;
    };

    const copyButton = (text, label = 'Copy') => {
        const button = h('button', { className: 'quiet copy', type: 'button' }, label);
        button.addEventListener('click', async () => {
            const value = text();
            try {
                await navigator.clipboard.writeText(value);
            } catch {
                // Without a secure context there is no clipboard, but there is still the old way.
                const area = h('textarea', { className: 'offscreen' }, value);
                document.body.append(area);
                area.select();
                document.execCommand('copy');
                area.remove();
            }
            button.textContent = 'Copied';
            setTimeout(() => { button.textContent = label; }, 1200);
        });
        return button;
    };

    // The document.
    let doc = { paths: {}, components: {}, tags: [], info: {} };

    const resolve = (thing) => {
        let found = thing ?? {};
        for (let hops = 0; found.$ref && hops < 8; hops += 1) {
            const target = found.$ref.slice(2).split('/').reduce((at, part) => at?.[part.replace(/~1/g, '/').replace(/~0/g, '~')], doc) ?? {};
            const { $ref, ...rest } = found;
            found = { ...target, ...rest };
        }
        return found;
    };

    const load = async () => {
        const response = await fetch(new URL('openapi.json', base), { headers: { Accept: 'application/json' } });
        if (!response.ok) throw new Error('openapi.json answered ' + response.status);
        doc = await response.json();
        const operations = [];
        for (const [path, item] of Object.entries(doc.paths)) {
            for (const method of methods) {
                const raw = item[method];
                if (!raw) continue;
                const body = resolve(raw.requestBody);
                const [bodyType, bodyMedia] = Object.entries(body.content ?? {})[0] ?? [];
                operations.push({
                    id: raw.operationId, method, path,
                    tag: raw.tags?.[0] ?? 'Other',
                    section: raw['x-section'] ?? '',
                    summary: raw.summary ?? '',
                    description: raw.description ?? '',
                    permission: raw['x-permission'],
                    rates: raw['x-rate-limits'] ?? [],
                    needsAuth: (raw.security ?? []).length > 0 && !raw.security.some((one) => Object.keys(one).length === 0),
                    takesAuth: (raw.security ?? []).length > 0,
                    parameters: (raw.parameters ?? []).map(resolve),
                    body: bodyType ? { type: bodyType, schema: bodyMedia.schema ?? {}, required: body.required === true } : null,
                    responses: raw.responses,
                    search: [method, path, raw.summary, raw.operationId, raw.tags?.[0], raw['x-section']].join(' ').toLowerCase(),
                });
            }
        }
        const groups = (doc.tags ?? []).map(({ name }) => {
            const own = operations.filter((operation) => operation.tag === name);
            const sections = [...new Set(own.map((operation) => operation.section))];
            return {
                name, count: own.length,
                sections: sections.map((section) => ({ name: section, operations: own.filter((operation) => operation.section === section) })),
            };
        }).filter((group) => group.count > 0);
        const ordered = groups.flatMap((group) => group.sections.flatMap((section) => section.operations));
        return { info: doc.info, groups, operations: ordered, byId: new Map(ordered.map((operation) => [operation.id, operation])) };
    };

    const matches = (operation, words) => words.every((word) => operation.search.includes(word));
    const wordsOf = (text) => text.toLowerCase().split(/\s+/).filter(Boolean);

    // Schemas in words.
    const typesOf = (schema) => [schema.type ?? []].flat();
    const isNullable = (schema) => typesOf(schema).includes('null');
    const typeName = (raw) => {
        const schema = resolve(raw);
        const types = typesOf(schema).filter((type) => type !== 'null');
        if (types[0] === 'array') return (schema.items ? typeName(schema.items) : 'any') + '[]';
        if (types.length === 0) return schema.properties ? 'object' : 'any';
        return types.join(' or ') + (schema.format && !/^(int|double)/.test(schema.format) ? ' · ' + schema.format : '') + (schema.contentEncoding ? ' · ' + schema.contentEncoding : '');
    };
    const limits = (schema) => {
        const words = [];
        const bound = (value) => value !== undefined && !typeBounds.has(value);
        if (bound(schema.minimum) && bound(schema.maximum)) words.push(schema.minimum + ' to ' + schema.maximum);
        else if (bound(schema.minimum)) words.push('at least ' + schema.minimum);
        else if (bound(schema.maximum)) words.push('at most ' + schema.maximum);
        if (schema.minLength > 0 && schema.maxLength) words.push(schema.minLength + ' to ' + schema.maxLength + ' characters');
        else if (schema.minLength > 0) words.push(schema.minLength === 1 ? 'not empty' : 'at least ' + schema.minLength + ' characters');
        else if (schema.maxLength) words.push('up to ' + schema.maxLength + ' characters');
        if (schema.minItems) words.push('at least ' + schema.minItems + ' items');
        if (schema.maxItems) words.push('up to ' + schema.maxItems + ' items');
        if (schema.pattern && schema.pattern !== noZero) words.push(h('span', null, 'matches ', h('code', null, schema.pattern)));
        if (schema.const !== undefined) words.push(h('span', null, 'always ', h('code', null, JSON.stringify(schema.const))));
        if (schema.default !== undefined) words.push(h('span', null, 'default ', h('code', null, JSON.stringify(schema.default))));
        return words;
    };
    const enumOf = (schema) => (schema.enum ?? []).filter((value) => value !== null);

    const facts = (schema, required) => [
        h('span', { className: 'type' }, typeName(schema)),
        required && h('span', { className: 'mark required' }, 'required'),
        isNullable(schema) && h('span', { className: 'mark' }, 'nullable'),
        limits(schema).map((word) => h('span', { className: 'limit' }, word)),
    ];
    const choices = (schema) => enumOf(schema).length > 0 && h('div', { className: 'choices' },
        'One of ', enumOf(schema).map((value) => h('code', null, String(value))));

    // A table of an object's members; members that hold objects open into tables of their own.
    const schemaTable = (raw, depth = 0) => {
        let schema = resolve(raw);
        let prefix = '';
        while (typesOf(schema).includes('array') && schema.items) {
            schema = resolve(schema.items);
            prefix += '[]';
        }
        const members = Object.entries(schema.properties ?? {});
        const extra = schema.additionalProperties;
        if (members.length === 0 && !(extra && typeof extra === 'object')) {
            const own = resolve(raw);
            return h('p', { className: 'plain-type' }, facts(own, false), choices(own), own.description && depth === 0 ? h('span', null, own.description) : null);
        }
        const required = new Set(schema.required ?? []);
        const rows = [...members, ...(extra && typeof extra === 'object' ? [['any key', extra]] : [])].map(([name, value]) => {
            const member = resolve(value);
            let inner = member;
            while (typesOf(inner).includes('array') && inner.items) inner = resolve(inner.items);
            const nests = Object.keys(inner.properties ?? {}).length > 0 || (inner.additionalProperties && typeof inner.additionalProperties === 'object');
            return [
                h('tr', null,
                    h('th', { scope: 'row' }, h('code', null, name)),
                    h('td', null,
                        h('div', { className: 'facts' }, facts(member, required.has(name))),
                        choices(member),
                        member.description && h('p', null, member.description))),
                nests && depth < 8 && h('tr', { className: 'inner' }, h('td', { colspan: '2' }, nested(name, member, depth + 1))),
            ];
        });
        return h('div', { className: 'table-frame' },
            prefix && depth === 0 && h('p', { className: 'array-note' }, 'An array of objects:'),
            h('table', { className: 'schema' },
                h('caption', { className: 'offscreen' }, 'Members'),
                h('tbody', null, rows)),
            extra === false && h('p', { className: 'array-note' }, 'No other members are accepted.'));
    };
    const nested = (name, member, depth) => {
        const open = depth < 3;
        const details = h('details', { className: 'nested', open }, h('summary', null, 'Members of ', h('code', null, name)));
        const fill = () => { if (details.childElementCount === 1) details.append(schemaTable(member, depth)); };
        if (open) fill(); else details.addEventListener('toggle', fill, { once: true });
        return details;
    };

    // A value that the schema accepts, for people to start from.
    const sample = (raw, { name = '', full = true, depth = 0 } = {}) => {
        const schema = resolve(raw);
        if (schema.example !== undefined) return schema.example;
        if (schema.const !== undefined) return schema.const;
        if (schema.default !== undefined) return schema.default;
        if (schema.enum) return schema.enum[0];
        const type = typesOf(schema)[0] ?? (schema.properties ? 'object' : undefined);
        switch (type) {
        case 'object': {
            const members = Object.entries(schema.properties ?? {});
            if (members.length === 0 && schema.additionalProperties && typeof schema.additionalProperties === 'object') {
                return { key: sample(schema.additionalProperties, { full, depth: depth + 1 }) };
            }
            const required = new Set(schema.required ?? []);
            return Object.fromEntries(members
                .filter(([key, value]) => depth < 8 && (full || required.has(key) || resolve(value).default !== undefined))
                .map(([key, value]) => [key, sample(value, { name: key, full, depth: depth + 1 })]));
        }
        case 'array':
            return !full && !schema.minItems ? [] : schema.items && depth < 8 ? [sample(schema.items, { name, full, depth: depth + 1 })] : [];
        case 'integer':
        case 'number': {
            const low = typeBounds.has(schema.minimum) ? undefined : schema.minimum;
            const high = typeBounds.has(schema.maximum) ? undefined : schema.maximum;
            return Math.min(Math.max(low ?? 1, 1), high ?? Infinity);
        }
        case 'boolean': return true;
        case 'null': return null;
        case 'string': return word(schema, name);
        default: return {};
        }
    };
    const word = (schema, name) => {
        switch (schema.format) {
        case 'uuid': return '7f9c24e8-3b12-4fef-91d0-6a2f4d0c9b55';
        case 'date': return '2026-01-31';
        case 'time': return '12:00:00';
        case 'date-time': return '2026-01-31T12:00:00Z';
        case 'email': return 'ada@example.com';
        case 'uri': return 'https://example.com/';
        }
        if (/email/i.test(name)) return 'ada@example.com';
        if (/url|uri|link/i.test(name)) return 'https://example.com/';
        if (/password/i.test(name)) return 'correct horse battery staple';
        if (/_at$|timestamp/i.test(name)) return '2026-01-31T12:00:00Z';
        const text = /name|title/i.test(name) ? 'Example' : 'text';
        return text.padEnd(schema.minLength ?? 0, 'x').slice(0, schema.maxLength ?? Infinity);
    };

    // Requests.
    const fillPath = (operation, values) => operation.path.replace(/\{([^}]+)\}/g, (whole, name) => {
        const value = values.path?.[name];
        return value === undefined || value === '' ? whole : encodeURIComponent(value);
    });
    const requestFor = (operation, values, auth) => {
        const query = Object.entries(values.query ?? {}).filter(([, value]) => value !== '' && value !== undefined)
            .map(([name, value]) => encodeURIComponent(name) + '=' + encodeURIComponent(value)).join('&');
        const headers = {};
        if (operation.takesAuth && auth?.token) headers.Authorization = 'Bearer ' + auth.token;
        if (operation.takesAuth && auth?.key) headers['X-API-Key'] = auth.key;
        for (const [name, value] of Object.entries(values.header ?? {})) if (value !== '') headers[name] = value;
        const hasBody = operation.body && values.body !== undefined && values.body !== '';
        if (hasBody) headers['Content-Type'] = operation.body.type;
        const url = base.href.replace(/\/$/, '') + fillPath(operation, values) + (query ? '?' + query : '');
        return { method: operation.method.toUpperCase(), url, headers, body: hasBody ? values.body : undefined };
    };
    // What stands for a secret is the reader's shell variable, so it must not be quoted away.
    const shell = (text) => /\$(TOKEN|API_KEY)\b/.test(text) ? '"' + text + '"' : "'" + text.replace(/'/g, "'\\''") + "'";
    const curl = (request) => ['curl' + (request.method === 'GET' ? '' : ' -X ' + request.method) + ' ' + shell(request.url),
        ...Object.entries(request.headers).map(([name, value]) => '-H ' + shell(name + ': ' + value)),
        ...(request.body === undefined ? [] : ['--data-binary ' + shell(request.body)])].join(' \\\n  ');
    const javascript = (request) => {
        const options = [];
        if (request.method !== 'GET') options.push("    method: '" + request.method + "',");
        const headers = Object.entries(request.headers);
        if (headers.length > 0) options.push('    headers: {', ...headers.map(([name, value]) => '        ' + JSON.stringify(name) + ': ' + JSON.stringify(value) + ','), '    },');
        if (request.body !== undefined) options.push('    body: JSON.stringify(' + request.body.replace(/\n/g, '\n    ') + '),');
        const call = options.length ? ', {\n' + options.join('\n') + '\n}' : '';
        return 'const response = await fetch(' + JSON.stringify(request.url) + call + ');\n'
            + 'if (!response.ok) throw new Error(`${response.status}`);\nconst result = await response.json();';
    };
    const pythonValue = (value, indent) => {
        if (value === null) return 'None';
        if (value === true) return 'True';
        if (value === false) return 'False';
        if (typeof value !== 'object') return JSON.stringify(value);
        const pad = indent + '    ';
        const inside = Array.isArray(value)
            ? value.map((one) => pad + pythonValue(one, pad))
            : Object.entries(value).map(([key, one]) => pad + JSON.stringify(key) + ': ' + pythonValue(one, pad));
        const [open, close] = Array.isArray(value) ? '[]' : '{}';
        return inside.length ? open + '\n' + inside.join(',\n') + ',\n' + indent + close : open + close;
    };
    const python = (request) => {
        const parts = ['    ' + JSON.stringify(request.url)];
        const { 'Content-Type': type, ...headers } = request.headers;
        if (Object.keys(headers).length) parts.push('    headers=' + pythonValue(headers, '    '));
        if (request.body !== undefined) parts.push('    json=' + pythonValue(JSON.parse(request.body), '    '));
        return 'import requests\n\nresponse = requests.' + request.method.toLowerCase() + '(\n' + parts.join(',\n') + ',\n    timeout=30,\n)\nresponse.raise_for_status()\nresult = response.json()';
    };

    // JSON with its parts coloured; past the limit it stays plain, since colour costs an element a token.
    const colourLimit = 200 * 1024;
    const coloured = (text) => {
        const code = h('code', null);
        if (text.length > colourLimit) { code.append(text); return code; }
        const token = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
        let end = 0;
        for (const match of text.matchAll(token)) {
            if (match.index > end) code.append(text.slice(end, match.index));
            const kind = match[1] ? (match[2] ? 'key' : 'string') : match[3] ? 'word' : 'number';
            code.append(h('span', { className: 'j-' + kind }, match[1] ?? match[0]), match[2] ?? '');
            end = match.index + match[0].length;
        }
        code.append(text.slice(end));
        return code;
    };
    const codeBlock = (text, { label, json = false } = {}) => h('figure', { className: 'code' },
        h('figcaption', null, h('span', null, label), copyButton(() => text)),
        h('pre', { tabindex: '0', 'aria-label': label }, json ? coloured(text) : h('code', null, text)));

    const badge = (method) => h('span', { className: 'method ' + method }, method.toUpperCase());
    const pathText = (path) => h('code', { className: 'path' }, path.split(/(\{[^}]+\})/).map((part) =>
        part.startsWith('{') ? h('span', { className: 'hole' }, part) : part.split(/(?<=\/)/).flatMap((piece) => [piece, h('wbr')])));

    const every = (seconds) => ({ 1: 'second', 60: 'minute', 3600: 'hour', 86400: 'day' })[seconds] ?? seconds + ' s';
    const chips = (operation) => h('ul', { className: 'chips', 'aria-label': 'Conditions' },
        h('li', null, operation.needsAuth ? [icon('lock'), 'Signed in'] : operation.takesAuth ? 'Signed in or not' : 'Open to all'),
        operation.permission && h('li', null, 'Needs ', h('code', null, operation.permission)),
        operation.rates.map((rate) => h('li', null,
            rate.limit + ' per ' + every(rate.seconds) + (rate.for ? ' (' + rate.for + ')' : '')
            + (rate.per ? ', each ' + rate.per.replace(/_id$/, '') : ''))));

    const statusKind = (status) => status === 'default' ? 'other' : status < 300 ? 'good' : status < 400 ? 'moved' : status < 500 ? 'bad' : 'broken';
    const responseList = (operation) => h('div', { className: 'responses' }, Object.entries(operation.responses)
        .sort(([a], [b]) => (a === 'default') - (b === 'default') || Number(a) - Number(b))
        .map(([status, raw]) => {
            const response = resolve(raw);
            const [type, media] = Object.entries(response.content ?? {})[0] ?? [];
            const open = statusKind(status) === 'good';
            const details = h('details', { open }, h('summary', null,
                h('span', { className: 'status ' + statusKind(status) }, status), h('span', null, response.description)));
            const fill = () => {
                if (details.childElementCount > 1) return;
                const headers = Object.entries(response.headers ?? {});
                details.append(h('div', { className: 'response-body' },
                    type ? h('p', { className: 'media' }, type) : h('p', { className: 'media' }, 'No body'),
                    media?.schema && schemaTable(media.schema),
                    headers.length > 0 && h('details', { className: 'nested' }, h('summary', null, headers.length + (headers.length === 1 ? ' header' : ' headers')),
                        h('div', { className: 'table-frame' }, h('table', { className: 'schema' }, h('tbody', null, headers.map(([name, value]) => {
                            const header = resolve(value);
                            return h('tr', null, h('th', { scope: 'row' }, h('code', null, name)),
                                h('td', null, h('div', { className: 'facts' }, facts(header.schema ?? {}, false)), header.description && h('p', null, header.description)));
                        })))))));
            };
            if (open) fill(); else details.addEventListener('toggle', fill, { once: true });
            return details;
        }));

    // The list of operations beside the page, and the field that searches it.
    const navigation = (model, onSearch) => {
        const links = new Map();
        const groups = model.groups.map((group) => {
            const sections = group.sections.map((section) => {
                const items = section.operations.map((operation) => {
                    const link = h('a', { href: '#' + operation.id, title: operation.method.toUpperCase() + ' ' + operation.path },
                        badge(operation.method), h('span', null, operation.summary || operation.path));
                    const item = h('li', null, link);
                    links.set(operation.id, link);
                    return { operation, item };
                });
                const node = h('div', { className: 'nav-section' }, section.name && h('h3', null, section.name.replace(/_/g, ' ')), h('ul', null, items.map(({ item }) => item)));
                return { node, items };
            });
            const count = h('span', { className: 'count' }, String(group.count));
            const node = h('details', { className: 'nav-group', open: model.groups.length === 1 }, h('summary', null, h('span', null, group.name), count), sections.map(({ node: inner }) => inner));
            return { node, sections, count };
        });
        const none = h('p', { className: 'none', hidden: true }, 'Nothing matches.');
        const opened = new Map();
        let searching = false;
        const filter = (text) => {
            const words = wordsOf(text);
            if (words.length > 0 && !searching) groups.forEach((group) => opened.set(group, group.node.open));
            let total = 0;
            for (const group of groups) {
                let inGroup = 0;
                for (const section of group.sections) {
                    let inSection = 0;
                    for (const { operation, item } of section.items) {
                        const shown = matches(operation, words);
                        item.hidden = !shown;
                        inSection += shown;
                    }
                    section.node.hidden = inSection === 0;
                    inGroup += inSection;
                }
                group.count.textContent = String(inGroup);
                group.node.hidden = inGroup === 0;
                if (words.length > 0) group.node.open = true;
                else if (searching) group.node.open = opened.get(group);
                total += inGroup;
            }
            searching = words.length > 0;
            none.hidden = total > 0;
            onSearch?.(words, total);
        };
        const input = h('input', { type: 'search', id: 'search', placeholder: 'Search ' + model.operations.length + ' operations', autocomplete: 'off', spellcheck: 'false', 'aria-label': 'Search operations', 'aria-keyshortcuts': '/' });
        let frame = 0;
        input.addEventListener('input', () => {
            cancelAnimationFrame(frame);
            frame = requestAnimationFrame(() => filter(input.value));
        });
        document.addEventListener('keydown', (event) => {
            const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? '');
            if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey) { event.preventDefault(); input.focus(); input.select(); }
            else if (event.key === 'Escape' && document.activeElement === input) { input.value = ''; filter(''); input.blur(); }
        });
        input.addEventListener('keydown', (event) => {
            if (event.key !== 'Enter') return;
            const words = wordsOf(input.value);
            const first = model.operations.find((operation) => matches(operation, words));
            if (first) location.hash = first.id;
        });
        let current = null;
        const select = (id) => {
            current?.removeAttribute('aria-current');
            current = links.get(id) ?? null;
            if (!current) return;
            current.setAttribute('aria-current', 'true');
            const group = current.closest('details');
            if (!group.open) group.open = true;
            current.scrollIntoView({ block: 'nearest' });
        };
        return { node: h('nav', { 'aria-label': 'Operations' }, groups.map((group) => group.node), none), input, select };
    };

    const header = (model, here, input, ...extra) => h('header', { className: 'bar' },
        h('button', { className: 'quiet menu', type: 'button', 'aria-label': 'Show or hide the list of operations',
            onclick: () => document.body.classList.toggle('nav-open') }, '☰'),
        h('a', { className: 'brand', href: here }, h('span', { className: 'logo', 'aria-hidden': 'true' }), h('strong', null, model.info.title), h('small', null, model.info.version)),
        h('div', { className: 'search' }, input, h('kbd', { 'aria-hidden': 'true' }, '/')),
        h('div', { className: 'links' },
            h('a', { href: 'docs', 'aria-current': here === 'docs' ? 'page' : null }, 'Explore'),
            h('a', { href: 'redoc', 'aria-current': here === 'redoc' ? 'page' : null }, 'Reference'),
            h('a', { href: 'openapi.json' }, 'OpenAPI'), extra, themeButton()));

    const fail = (error) => document.getElementById('content').replaceChildren(
        h('p', { className: 'notice', role: 'alert' }, 'The description of this API could not be loaded: ' + error.message));

    return {
        base, kept, keep, h, icon, load, resolve, typesOf, typeName, enumOf, facts, choices, limits, schemaTable, sample,
        requestFor, curl, javascript, python, coloured, codeBlock, copyButton, badge, pathText, chips, statusKind, responseList, navigation, header,
        matches, fail,
    };
})();
$script$;
BEGIN
    RETURN api.document_reply(
        'text/javascript; charset=utf-8', v_script, docs_app.if_none_match, api.entity_tag(v_script));
END;
$$;
COMMENT ON FUNCTION api.docs_app(text) IS 'Serves the script that the pages about this API share.';
GRANT EXECUTE ON FUNCTION api.docs_app(text) TO anon, member;
SELECT api.route('GET /docs/app.js', 'api.docs_app', dialect => 'server', auth => 'none',
    sources => '{"if_none_match": "header:If-None-Match"}', envelope => '${body}', content_type => 'text/javascript',
    tag => 'Documentation');
