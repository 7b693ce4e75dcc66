-- What gives a member their effective access: roles, permission sets, groups, overrides.

CREATE TABLE custom_role (
    account_id  TEXT NOT NULL REFERENCES account (id),
    id          TEXT NOT NULL,
    key         TEXT NOT NULL,
    name        TEXT NOT NULL,
    description TEXT NOT NULL,
    base        TEXT NOT NULL CHECK (base IN ('read_only', 'standard', 'manager')),
    version     BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX custom_role_key ON custom_role (account_id, key);

-- A role (built-in or custom) whose defaults this account has chosen itself, and what it chose.
CREATE TABLE role_adjustment (
    account_id TEXT NOT NULL REFERENCES account (id),
    role_key   TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, role_key)
);
CREATE TABLE role_default (
    account_id     TEXT NOT NULL,
    role_key       TEXT NOT NULL,
    application_id TEXT NOT NULL REFERENCES application (id),
    permission_id  TEXT NOT NULL,
    PRIMARY KEY (account_id, role_key, application_id, permission_id),
    FOREIGN KEY (account_id, role_key) REFERENCES role_adjustment (account_id, role_key)
);
CREATE INDEX role_default_application ON role_default (application_id, permission_id);

CREATE TABLE permission_set (
    account_id  TEXT NOT NULL REFERENCES account (id),
    id          TEXT NOT NULL,
    name        TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    description TEXT NOT NULL,
    version     BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX permission_set_name ON permission_set (account_id, name_folded);

CREATE TABLE permission_set_permission (
    account_id     TEXT NOT NULL,
    set_id         TEXT NOT NULL,
    application_id TEXT NOT NULL REFERENCES application (id),
    permission_id  TEXT NOT NULL,
    PRIMARY KEY (account_id, set_id, application_id, permission_id),
    FOREIGN KEY (account_id, set_id) REFERENCES permission_set (account_id, id)
);
CREATE INDEX permission_set_permission_application ON permission_set_permission (application_id, permission_id);

CREATE TABLE member_permission_set (
    account_id  TEXT NOT NULL,
    member_id   TEXT NOT NULL,
    set_id      TEXT NOT NULL,
    assigned_by TEXT NOT NULL,
    assigned_at BIGINT NOT NULL,
    expires_at  BIGINT,
    PRIMARY KEY (account_id, member_id, set_id),
    FOREIGN KEY (account_id, member_id) REFERENCES member (account_id, id),
    FOREIGN KEY (account_id, set_id) REFERENCES permission_set (account_id, id)
);
CREATE INDEX member_permission_set_set ON member_permission_set (account_id, set_id);

CREATE TABLE member_override (
    account_id     TEXT NOT NULL,
    member_id      TEXT NOT NULL,
    application_id TEXT NOT NULL REFERENCES application (id),
    permission_id  TEXT NOT NULL,
    effect         TEXT NOT NULL CHECK (effect IN ('grant', 'deny')),
    note           TEXT,
    set_by         TEXT NOT NULL,
    set_at         BIGINT NOT NULL,
    expires_at     BIGINT,
    dormant        BOOLEAN NOT NULL,
    PRIMARY KEY (account_id, member_id, application_id, permission_id),
    FOREIGN KEY (account_id, member_id) REFERENCES member (account_id, id)
);
CREATE INDEX member_override_application ON member_override (application_id, permission_id);

CREATE TABLE member_group (
    account_id  TEXT NOT NULL REFERENCES account (id),
    id          TEXT NOT NULL,
    name        TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    version     BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX member_group_name ON member_group (account_id, name_folded);

CREATE TABLE group_membership (
    account_id TEXT NOT NULL,
    group_id   TEXT NOT NULL,
    member_id  TEXT NOT NULL,
    added_at   BIGINT NOT NULL,
    expires_at BIGINT,
    PRIMARY KEY (account_id, group_id, member_id),
    FOREIGN KEY (account_id, group_id) REFERENCES member_group (account_id, id),
    FOREIGN KEY (account_id, member_id) REFERENCES member (account_id, id)
);
CREATE INDEX group_membership_member ON group_membership (account_id, member_id);

CREATE TABLE group_permission_set (
    account_id TEXT NOT NULL,
    group_id   TEXT NOT NULL,
    set_id     TEXT NOT NULL,
    PRIMARY KEY (account_id, group_id, set_id),
    FOREIGN KEY (account_id, group_id) REFERENCES member_group (account_id, id),
    FOREIGN KEY (account_id, set_id) REFERENCES permission_set (account_id, id)
);
CREATE INDEX group_permission_set_set ON group_permission_set (account_id, set_id);
