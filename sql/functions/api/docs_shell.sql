-- Requires: functions/api/docs_reply.sql
-- Wraps the markup and the script of a page about this API into a document. Its policy admits nothing but this origin
-- and, by its hash, the one inline script.
CREATE OR REPLACE FUNCTION api.docs_shell(title text, markup text, script text, if_none_match text)
RETURNS api.reply LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_policy CONSTANT text := 'default-src ''none''; script-src ''self'' ''sha256-'
        || encode(sha256(convert_to(docs_shell.script, 'UTF8')), 'base64')
        || '''; style-src ''self''; connect-src ''self''; img-src ''self'' data:; base-uri ''none''; '
        || 'form-action ''none''; frame-ancestors ''none''';
    v_page   CONSTANT text := concat(
        $head$<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>$head$, docs_shell.title, $head$</title>
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='4' fill='%232456c7'/%3E%3Cpath d='M4 5h8M4 8h8M4 11h5' stroke='%23fff' stroke-width='1.6' stroke-linecap='round'/%3E%3C/svg%3E">
<link rel="stylesheet" href="docs/style.css">
<script src="docs/app.js"></script>
</head>
<body>
<a class="skip" href="#content">Skip to the operations</a>
$head$, docs_shell.markup, $head$
<noscript><p class="notice">This page needs JavaScript. The document itself is at <a href="openapi.json">openapi.json</a>.</p></noscript>
<script>$head$, docs_shell.script, $head$</script>
</body>
</html>
$head$);
BEGIN
    RETURN api.document_reply(
        'text/html; charset=utf-8', v_page, docs_shell.if_none_match, api.entity_tag(v_page || v_policy),
        json_build_object('Content-Security-Policy', v_policy, 'Referrer-Policy', 'no-referrer'));
END;
$$;
COMMENT ON FUNCTION api.docs_shell(text, text, text, text) IS 'Wraps a page about this API into a document.';
GRANT EXECUTE ON FUNCTION api.docs_shell(text, text, text, text) TO anon, member;
