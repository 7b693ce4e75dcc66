-- Accounts, people, and a person's place in an account.

CREATE TABLE account (
    id                     TEXT PRIMARY KEY,
    slug                   TEXT NOT NULL UNIQUE,
    name                   TEXT NOT NULL,
    status                 TEXT NOT NULL CHECK (status IN ('active', 'closed')),
    mobile_access          BOOLEAN NOT NULL,
    mobile_requirements    TEXT NOT NULL,
    require_permission_set BOOLEAN NOT NULL,
    default_role           TEXT NOT NULL,
    invitation_days        BIGINT NOT NULL,
    provisioning           TEXT NOT NULL CHECK (provisioning IN ('invite', 'activate')),
    language               TEXT,
    brand_color            TEXT,
    version                BIGINT NOT NULL,
    created_at             BIGINT NOT NULL
);

CREATE TABLE users (
    id          TEXT PRIMARY KEY,
    given_name  TEXT NOT NULL,
    family_name TEXT NOT NULL,
    language    TEXT,
    time_zone   TEXT,
    version     BIGINT NOT NULL,
    created_at  BIGINT NOT NULL
);

-- Only a verified address signs in; an unverified one claims nothing from anybody.
CREATE TABLE user_email (
    id             TEXT PRIMARY KEY,
    user_id        TEXT NOT NULL REFERENCES users (id),
    address        TEXT NOT NULL,
    address_folded TEXT NOT NULL,
    is_primary     BOOLEAN NOT NULL,
    verified_at    BIGINT,
    method         TEXT CHECK (method IN ('invitation', 'confirmation', 'operator')),
    created_at     BIGINT NOT NULL
);
CREATE UNIQUE INDEX user_email_verified ON user_email (address_folded) WHERE verified_at IS NOT NULL;
CREATE UNIQUE INDEX user_email_primary ON user_email (user_id) WHERE is_primary;
CREATE INDEX user_email_user ON user_email (user_id);

CREATE TABLE user_password (
    user_id       TEXT PRIMARY KEY REFERENCES users (id),
    password_hash TEXT NOT NULL,
    changed_at    BIGINT NOT NULL
);

CREATE TABLE password_reset (
    token_hash TEXT PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT
);
CREATE INDEX password_reset_user ON password_reset (user_id);

CREATE TABLE member (
    account_id       TEXT NOT NULL REFERENCES account (id),
    id               TEXT NOT NULL,
    kind             TEXT NOT NULL CHECK (kind IN ('person', 'service')),
    user_id          TEXT REFERENCES users (id),
    client_id        TEXT,
    role             TEXT NOT NULL,
    accepted_at      BIGINT,
    removed_at       BIGINT,
    hr_active        BOOLEAN NOT NULL,
    hold_reason      TEXT,
    hold_by          TEXT,
    hold_at          BIGINT,
    mobile_access    BOOLEAN NOT NULL,
    email_reminders  BOOLEAN NOT NULL,
    user_name        TEXT NOT NULL,
    user_name_folded TEXT NOT NULL,
    email            TEXT,
    email_folded     TEXT,
    given_name       TEXT NOT NULL,
    family_name      TEXT NOT NULL,
    display_name     TEXT,
    sort_name_folded TEXT NOT NULL,
    profile          TEXT NOT NULL,
    last_sign_in_at  BIGINT,
    version          BIGINT NOT NULL,
    created_at       BIGINT NOT NULL,
    updated_at       BIGINT NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX member_user ON member (account_id, user_id) WHERE removed_at IS NULL AND user_id IS NOT NULL;
CREATE UNIQUE INDEX member_client ON member (account_id, client_id) WHERE removed_at IS NULL AND client_id IS NOT NULL;
CREATE UNIQUE INDEX member_user_name ON member (account_id, user_name_folded) WHERE removed_at IS NULL;
CREATE INDEX member_email ON member (account_id, email_folded) WHERE removed_at IS NULL;
CREATE INDEX member_sort_name ON member (account_id, sort_name_folded, id) WHERE removed_at IS NULL;
CREATE INDEX member_order ON member (account_id, id) WHERE removed_at IS NULL;
CREATE INDEX member_of_user ON member (user_id) WHERE removed_at IS NULL;
CREATE INDEX member_of_client ON member (client_id) WHERE removed_at IS NULL;

-- Exactly one owner: a row of its own whose key is the account. Every read of an account joins it.
CREATE TABLE ownership (
    account_id TEXT PRIMARY KEY REFERENCES account (id),
    member_id  TEXT NOT NULL,
    since_at   BIGINT NOT NULL,
    FOREIGN KEY (account_id, member_id) REFERENCES member (account_id, id)
);

CREATE TABLE ownership_transfer (
    account_id     TEXT NOT NULL REFERENCES account (id),
    id             TEXT NOT NULL,
    from_member_id TEXT NOT NULL,
    to_member_id   TEXT NOT NULL,
    kind           TEXT NOT NULL CHECK (kind IN ('transfer', 'recovery')),
    state          TEXT NOT NULL CHECK (state IN ('pending', 'accepted', 'cancelled', 'expired')),
    reason         TEXT,
    not_before     BIGINT NOT NULL,
    expires_at     BIGINT NOT NULL,
    created_at     BIGINT NOT NULL,
    ended_at       BIGINT,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, from_member_id) REFERENCES member (account_id, id),
    FOREIGN KEY (account_id, to_member_id) REFERENCES member (account_id, id)
);
CREATE UNIQUE INDEX ownership_transfer_pending ON ownership_transfer (account_id) WHERE state = 'pending';
