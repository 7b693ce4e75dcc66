-- The built-in application: overrides, sets and roles of an account may name its permissions. Its catalogue is the
-- program's own, and every account has it without being listed.

INSERT INTO application (id, name, all_accounts, version, created_at) VALUES ('latchkey', 'Latchkey', FALSE, 1, 0);
