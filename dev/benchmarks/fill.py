"""Hundreds of thousands of tickets, contacts and what belongs to them, by copying one row of each table in SQL."""

#: table → what differs from the row that is copied, as SQL of ``n`` = 1…rows. References lead to the n-th copy.
PLAIN = {
    "res_partner": {
        "name": "'Buyer ' || n",
        "complete_name": "'Buyer ' || n",
        "email": "'buyer' || n || '@example.com'",
        "email_normalized": "'buyer' || n || '@example.com'",
    },
    "helpdesk_ticket": {"number": "'X' || n", "name": "'Ticket ' || n", "partner_id": "{res_partner} + n"},
}
REF = "'028-' || lpad(n::text, 7, '0') || '-' || lpad(mod(n::bigint * 7919, 10000000)::text, 7, '0')"
#: The n-th order has this plus n as another number, as Walmart's purchase orders are.
OTHERS = 108_000_000_000_000
OURS = {
    **PLAIN,
    "marketplace_order": {"order_ref": REF},
    "marketplace_order_ref": {"name": f"({OTHERS} + n)::text", "order_id": "{marketplace_order} + n"},
    "marketplace_order_line": {"order_id": "{marketplace_order} + n"},
    "helpdesk_ticket": {
        **PLAIN["helpdesk_ticket"],
        "marketplace_order_id": "{marketplace_order} + n",
        "marketplace_order_ref": REF,
    },
    "marketplace_conversation": {
        "order_id": "{marketplace_order} + n",
        "ticket_id": "{helpdesk_ticket} + n",
        "buyer_alias": "'alias' || n",
    },
    "marketplace_conversation_key": {"value": REF, "conversation_id": "{marketplace_conversation} + n"},
    "marketplace_message": {
        "message_key": "'<' || n || '@filled>'",
        "dedup_key": "'filled' || n",
        "order_ref": REF,
        "raw": "''::bytea",
        "order_id": "{marketplace_order} + n",
        "conversation_id": "{marketplace_conversation} + n",
        "ticket_id": "{helpdesk_ticket} + n",
        "mail_message_id": "NULL",
    },
}
_INDEXES = """
    SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
     WHERE i.indrelid = %s::regclass AND NOT i.indisunique
"""


def fill(world, tables, rows):
    """Copy the newest row of each table ``rows`` times, then let PostgreSQL look at what it has."""
    with world.registry.cursor() as cr:
        cr.execute("SET LOCAL session_replication_role = replica")  # no foreign key is looked up: all are right
        cr.execute("SET LOCAL maintenance_work_mem = '512MB'")
        starts = {}
        for table in tables:
            cr.execute(f"SELECT max(id) FROM {table}")
            starts[table] = cr.fetchone()[0]
        for table, changes in tables.items():
            _copy(cr, table, {name: text.format(**starts) for name, text in changes.items()}, starts[table], rows)
        cr.commit()
    for table in tables:
        world.db.sql(f"VACUUM ANALYZE {table}")


def _copy(cr, table, changes, start, rows):
    cr.execute(_INDEXES, [table])
    indexes = cr.fetchall()
    cr.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table])
    values = {name: f'"{name}"' for (name,) in cr.fetchall()} | changes | {"id": f"{start} + n"}
    for name, _definition in indexes:
        cr.execute(f'DROP INDEX "{name}"')
    columns = ", ".join(f'"{name}"' for name in values)
    cr.execute(
        f"INSERT INTO {table} ({columns}) SELECT {', '.join(values.values())} "
        f"FROM {table}, generate_series(1, %s) n WHERE {table}.id = %s",
        [rows, start],
    )
    for _name, definition in indexes:  # much faster than row by row, trigrams above all
        cr.execute(definition)
    cr.execute(f"SELECT setval('{table}_id_seq', %s)", [start + rows])
