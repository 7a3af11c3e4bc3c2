-- A connection leads to public addresses only, unless the operator allows more.
RESET ROLE;
SET LOCAL ROLE pgserver_owner;

SELECT data.check_egress(c.host, 5432, 'crm')
FROM (VALUES ('8.8.8.8'), ('1.1.1.1'), ('172.15.255.255'), ('172.32.0.1'), ('2606:4700:4700::1111')) AS c (host);

SELECT test.raises(format('SELECT data.check_egress(%L, 5432, %L)', c.host, 'crm'), 'PT422', 'address_not_allowed')
FROM (VALUES
    ('127.0.0.1'), ('127.1.2.3'), ('0.0.0.0'), ('10.0.0.1'), ('172.16.0.1'), ('172.31.255.255'), ('192.168.1.1'),
    ('169.254.169.254'), ('100.64.0.1'), ('224.0.0.1'), ('255.255.255.255'), ('192.0.2.1'), ('198.18.0.1'),
    ('::1'), ('::'), ('fe80::1'), ('fc00::1'), ('fd12::1'), ('ff02::1'), ('2001:db8::1'), ('2002:7f00:1::'),
    ('::ffff:127.0.0.1'), ('::ffff:8.8.8.8'), ('64:ff9b::7f00:1'), ('2001:0:1::1'),
    -- Names may resolve to anything, and other spellings of an address are names to us.
    ('localhost'), ('db.example.com'), ('2130706433'), ('0x7f.1'), ('127.1'), ('999.1.1.1'), ('8.8.8.8/0'),
    ('8.8.8.8,127.0.0.1'), ('/var/run/postgresql'), ('@abstract'), (''), ('8.8.8.8 hostaddr=127.0.0.1'), ('[::1]')
) AS c (host);

-- A host may be allowed altogether, at one port, or for one database there.
SELECT set_config('pgserver.settings', '{
    "data.allowed_hosts": "db.example.com, 127.0.0.1:5433/crm ,10.0.0.7:5432,[::1]:5432",
    "data.allowed_networks": "192.168.7.0/24, fd00:7::/32"
}', true);
SELECT data.check_egress(c.host, c.port, c.database)
FROM (VALUES
    ('db.example.com', 1, 'any'), ('DB.example.com', 1, 'any'), ('127.0.0.1', 5433, 'crm'), ('10.0.0.7', 5432, 'any'),
    ('::1', 5432, 'any'), ('192.168.7.200', 5432, 'any'), ('fd00:7::9', 5432, 'any')
) AS c (host, port, database);
SELECT test.raises(format('SELECT data.check_egress(%L, %s, %L)', c.host, c.port, c.database), 'PT422', 'address_not_allowed')
FROM (VALUES
    ('127.0.0.1', 5433, 'postgres'), ('127.0.0.1', 5432, 'crm'), ('10.0.0.7', 5433, 'any'), ('::1', 5433, 'any'),
    ('192.168.8.1', 5432, 'any'), ('evil.db.example.com', 5432, 'any'), ('fd00:8::9', 5432, 'any')
) AS c (host, port, database);
