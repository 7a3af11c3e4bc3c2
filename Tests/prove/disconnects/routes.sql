-- Routes whose queries last as long as the client says, for Tests/prove/disconnects.sh.
CREATE SCHEMA prove AUTHORIZATION pgserver_owner;
GRANT USAGE ON SCHEMA prove TO anon, member;
SET ROLE pgserver_owner;
CREATE TABLE prove.marks (name text PRIMARY KEY);
GRANT SELECT, INSERT ON prove.marks TO anon;

CREATE FUNCTION prove.echo(text text) RETURNS json LANGUAGE plpgsql
STABLE PARALLEL UNSAFE SECURITY INVOKER
AS $$ BEGIN RETURN json_build_object('text', echo.text); END; $$;
COMMENT ON FUNCTION prove.echo(text) IS 'Gives the text back.';

CREATE FUNCTION prove.pause(seconds double precision) RETURNS json LANGUAGE plpgsql
STABLE PARALLEL UNSAFE SECURITY INVOKER
AS $$ BEGIN PERFORM pg_catalog.pg_sleep(pause.seconds); RETURN '{}'; END; $$;
COMMENT ON FUNCTION prove.pause(double precision) IS 'Takes its time.';

CREATE FUNCTION prove.mark(name text) RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$ BEGIN INSERT INTO prove.marks (name) VALUES (mark.name); RETURN json_build_object('name', mark.name); END; $$;
COMMENT ON FUNCTION prove.mark(text) IS 'Leaves a mark.';

GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA prove TO anon, member;
SELECT api.route('GET /prove/echo', 'prove.echo', auth => 'none', dialect => 'server');
SELECT api.route('GET /prove/pause', 'prove.pause', auth => 'none', dialect => 'server');
SELECT api.route('GET /prove/slow-pause', 'prove.pause', auth => 'none', dialect => 'server', pool => 'slow');
SELECT api.route('POST /prove/marks', 'prove.mark', auth => 'none', dialect => 'server', status => 201);
RESET ROLE;
SELECT api.publish();
