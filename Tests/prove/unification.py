"""Random histories of contacts, and whether unification makes of each what a simple reference makes of it.

unification.py URL [--seconds N] [--seed N]: URL is an administrator's, of a database that sql/ has been deployed to.

Each history has tenants of its own. First one session inserts, changes, removes and deletes contacts, sets priorities and
runs the unification, at times cut off; whenever a run was complete, golden contacts and links must be those of the
reference. Then writers that each own some contacts change them at once, in transactions that stay open and often fail,
while others run the unification and change priorities all the time; when all have stopped, one more run must come to what
the reference makes of what was committed.
"""

import argparse
import json
import pathlib
import random
import sys
import threading
import time
import uuid

sys.dont_write_bytecode = True
sys.path.append(str(pathlib.Path(__file__).resolve().parent / "events"))
from libpq import Connection, Failed  # noqa: E402

FIELDS = ("account_id", "first_name", "last_name", "phone", "title", "owner_id")
SYSTEMS = ("salesforce", "hubspot", "mongodb", "system")
PEOPLE = ("ada", "bob", "Ada", " ada", "bob\t", "BOB", "eve+crm", "e.ve", "élodie", "Élodie", "zoe")
PLACES = ("@example.com", "@Example.COM", "@example.com ", "@mail.example.org")
NO_ADDRESSES = (None, "", "n/a", "@", "@example.com", "ada@", "   ")
WHITE_SPACE = " \t\n\r\f\v\u00a0"
PRIORITY_LAST = 1001


# The reference -------------------------------------------------------------------------------------------------------

def address(email):
    """What is compared of an e-mail address; None if it is none."""
    email = (email or "").strip(WHITE_SPACE)
    return email.lower() if "@" in email[1:-1] else None


def unified(contacts, priorities):
    """The golden contacts, by address, that follow from contacts {id: {column: value}}."""
    people = {}
    for contact in contacts.values():
        if address(contact["email"]) and not contact["removed"]:
            people.setdefault(address(contact["email"]), []).append(contact)
    golden = {}
    for email, members in people.items():
        members.sort(key=lambda c: (priorities.get(c["source_system"], PRIORITY_LAST), -c["updated_at"], c["contact_id"]))
        values, sources = {}, {}
        for field in FIELDS:
            member = next((c for c in members if c[field] is not None), None)
            values[field] = member and member[field]
            if member:
                sources[field] = member["contact_id"]
        golden[email] = values | {
            "field_sources": sources, "source_systems": sorted({c["source_system"] for c in members}),
            "contact_ids": sorted(c["contact_id"] for c in members), "contact_count": len(members),
            "created_at": min(c["created_at"] for c in members), "updated_at": max(c["updated_at"] for c in members)}
    return golden


# The database --------------------------------------------------------------------------------------------------------

def become(connection, tenant, *, is_member=True):
    connection.rows(
        """SELECT set_config('request.tenant_id', $1, true), set_config('role', $2, true),
            set_config('request.claims', '{"permissions": ["connections.write"]}', true)""",
        tenant, "member" if is_member else "worker")


def transaction(connection, tenant, sql, *parameters):
    connection.rows("BEGIN")
    try:
        become(connection, tenant)
        rows = connection.rows(sql, *parameters)
        connection.rows("COMMIT")
        return rows
    except Failed:
        connection.rows("ROLLBACK")
        raise


def unify(connection, tenant, addresses_max):
    return json.loads(transaction(connection, tenant, "SELECT data.unify($1)", addresses_max)[0][0])


def set_priorities(connection, tenant, priorities):
    transaction(connection, tenant, "SELECT data.set_source_priorities($1)", json.dumps(
        [{"source_system": system, "priority": priority} for system, priority in priorities.items()]))


def found(connection, tenant):
    """What the database has, in the reference's form."""
    rows = connection.rows(
        """SELECT to_jsonb(g) || jsonb_build_object(
            'created_at', extract(epoch FROM g.created_at), 'updated_at', extract(epoch FROM g.updated_at),
            'contact_ids', (SELECT jsonb_agg(l.contact_id ORDER BY l.contact_id) FROM data.contact_links AS l
                WHERE l.tenant_id = g.tenant_id AND l.golden_contact_id = g.golden_contact_id))
        FROM data.golden_contacts AS g WHERE g.tenant_id = $1::uuid""", tenant)
    golden = {}
    for row in rows:
        person = json.loads(row[0])
        golden[person["email"]] = {name: person[name] for name in (
            *FIELDS, "field_sources", "source_systems", "contact_ids", "contact_count", "created_at", "updated_at")}
    return golden


def compare(connection, tenant, contacts, priorities, result, what):
    wanted, got = unified(contacts, priorities), found(connection, tenant)
    links = sum(person["contact_count"] for person in wanted.values())
    if got != wanted:
        for email in sorted(wanted.keys() | got.keys()):
            if wanted.get(email) != got.get(email):
                print(f"{what}: {email!r}\n  wanted {wanted.get(email)}\n  got    {got.get(email)}")
        raise SystemExit(f"{what}: the database differs from the reference")
    if (result["unified_contacts"], result["links"]) != (len(wanted), links):
        raise SystemExit(f"{what}: counted {result}, wanted {len(wanted)} and {links}")


# Histories -----------------------------------------------------------------------------------------------------------

def random_email(chance):
    return chance.choice(NO_ADDRESSES) if chance.random() < 0.15 else chance.choice(PEOPLE) + chance.choice(PLACES)


def random_contact(chance, contact_id):
    contact = {field: chance.choice((None, f"{field} {chance.randrange(5)}")) for field in FIELDS}
    return contact | {
        "contact_id": contact_id, "email": random_email(chance), "source_system": chance.choice(SYSTEMS),
        "removed": chance.random() < 0.1, "created_at": chance.randrange(1000), "updated_at": chance.randrange(6)}


WRITE = f"""
INSERT INTO data.contacts AS c (tenant_id, contact_id, email, {", ".join(FIELDS)}, source_system, source_removed_at,
    created_at, updated_at)
SELECT $1::uuid, r.contact_id, r.email, {", ".join("r." + field for field in FIELDS)}, r.source_system,
    CASE WHEN r.removed THEN now() END, to_timestamp(r.created_at), to_timestamp(r.updated_at)
FROM jsonb_to_recordset($2::jsonb) AS r (contact_id text, email text, {", ".join(field + " text" for field in FIELDS)},
    source_system text, removed boolean, created_at int, updated_at int)
ON CONFLICT (tenant_id, contact_id) DO UPDATE SET email = EXCLUDED.email,
    {", ".join(f"{field} = EXCLUDED.{field}" for field in FIELDS)}, source_system = EXCLUDED.source_system,
    source_removed_at = EXCLUDED.source_removed_at, created_at = EXCLUDED.created_at, updated_at = EXCLUDED.updated_at"""


def change(connection, chance, tenant, ids, contacts):
    """One random statement on some of the contacts; contacts is changed likewise."""
    chosen = chance.sample(ids, chance.randint(1, max(1, len(ids) // 4)))
    deed = chance.random()
    if deed < 0.45:
        rows = [random_contact(chance, contact_id) for contact_id in chosen]
        connection.rows(WRITE, tenant, json.dumps(rows))
        contacts.update((row["contact_id"], row) for row in rows)
    elif deed < 0.75:
        column = chance.choice(("email", "removed", "updated_at", *FIELDS))
        value = random_contact(chance, "")[column]
        expression = {
            "removed": "CASE WHEN $3::boolean THEN now() END", "updated_at": "to_timestamp($3::int)"}.get(column, "$3")
        connection.rows(
            f"""UPDATE data.contacts SET {'source_removed_at' if column == 'removed' else column} = {expression}
            WHERE tenant_id = $1::uuid AND contact_id = ANY ($2::text[])""", tenant, "{" + ",".join(chosen) + "}", value)
        for contact_id in chosen:
            if contact_id in contacts:
                contacts[contact_id] = contacts[contact_id] | {column: value}
    else:
        connection.rows(
            "DELETE FROM data.contacts WHERE tenant_id = $1::uuid AND contact_id = ANY ($2::text[])", tenant,
            "{" + ",".join(chosen) + "}")
        for contact_id in chosen:
            contacts.pop(contact_id, None)


def random_priorities(chance):
    return {system: chance.randint(1, 3) for system in SYSTEMS if chance.random() < 0.5}


def new_tenant(connection):
    tenant = str(uuid.uuid4())
    connection.rows("INSERT INTO auth.tenants (tenant_id, name) VALUES ($1::uuid, $2)", tenant, f"Unification {tenant}")
    return tenant


def alone(url, seed):
    """One session does all."""
    chance, connection = random.Random(seed), Connection(url)
    tenants = [new_tenant(connection) for _ in range(2)]
    contacts = {tenant: {} for tenant in tenants}
    priorities = {tenant: {} for tenant in tenants}
    ids = [f"C{number:03}" for number in range(chance.randint(1, 30))]
    compared = 0
    for step in range(chance.randint(5, 60)):
        tenant = chance.choice(tenants)
        deed = chance.random()
        if deed < 0.70:
            change(connection, chance, tenant, ids, contacts[tenant])
        elif deed < 0.78:
            priorities[tenant] = random_priorities(chance)
            set_priorities(connection, tenant, priorities[tenant])
        else:
            result = unify(connection, tenant, chance.choice((1, 1, 1000)))
            if result["is_complete"]:
                compare(connection, tenant, contacts[tenant], priorities[tenant], result, f"seed {seed}, step {step}")
                compared += 1
    for tenant in tenants:
        while not (result := unify(connection, tenant, 1))["is_complete"]:
            pass
        compare(connection, tenant, contacts[tenant], priorities[tenant], result, f"seed {seed}, the end")
    connection.close()
    return compared + len(tenants)


def together(url, seed):
    """Many sessions at once."""
    chance, connection = random.Random(seed), Connection(url)
    tenant = new_tenant(connection)
    owned = [[f"C{writer}{number:02}" for number in range(12)] for writer in range(4)]
    committed = [{} for _ in owned]
    last_priorities, faults, is_over = [{}], [], threading.Event()

    def guarded(work, *arguments):
        try:
            own = Connection(url)
            work(own, *arguments)
            own.close()
        except BaseException as fault:  # told to the main thread, which fails
            faults.append(fault)

    def write(own, number):
        own_chance = random.Random(f"{seed} {number}")
        for _ in range(own_chance.randint(5, 15)):
            tried = dict(committed[number])
            own.rows("BEGIN")
            for _ in range(own_chance.randint(1, 4)):
                change(own, own_chance, tenant, owned[number], tried)
                time.sleep(own_chance.choice((0, 0, 0.002, 0.01)))
            if own_chance.random() < 0.25:
                own.rows("ROLLBACK")
            else:
                own.rows("COMMIT")
                committed[number] = tried

    def run(own, number):
        own_chance = random.Random(f"{seed} run {number}")
        while not is_over.is_set():
            unify(own, tenant, own_chance.choice((1, 1000)))

    def prefer(own):
        own_chance = random.Random(f"{seed} prefer")
        while not is_over.is_set():
            chosen = random_priorities(own_chance)
            set_priorities(own, tenant, chosen)
            last_priorities[0] = chosen
            time.sleep(own_chance.choice((0.01, 0.05)))

    writers = [threading.Thread(target=guarded, args=(write, number)) for number in range(len(owned))]
    others = [threading.Thread(target=guarded, args=(run, number)) for number in range(2)]
    others.append(threading.Thread(target=guarded, args=(prefer,)))
    for thread in writers + others:
        thread.start()
    for thread in writers:
        thread.join()
    is_over.set()
    for thread in others:
        thread.join()
    if faults:
        raise faults[0]
    while not (result := unify(connection, tenant, 1000))["is_complete"]:
        pass
    contacts = {contact_id: contact for own in committed for contact_id, contact in own.items()}
    compare(connection, tenant, contacts, last_priorities[0], result, f"seed {seed}, together")
    connection.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000_000))
    options = parser.parse_args()
    print(f"seed {options.seed}")
    end, histories, compared, rounds = time.monotonic() + options.seconds, 0, 0, 0
    while rounds == 0 or time.monotonic() < end:
        for _ in range(5):
            compared += alone(options.url, options.seed + histories)
            histories += 1
        together(options.url, options.seed + rounds)
        rounds += 1
    print(f"{histories} histories, {compared} comparisons; {rounds} rounds of many sessions at once: all equal")


if __name__ == "__main__":
    main()
