-- Sessions, each account's part in them, and what clients were given.

CREATE TABLE session (
    id           TEXT PRIMARY KEY,
    user_id      TEXT NOT NULL REFERENCES users (id),
    secret_hash  TEXT NOT NULL UNIQUE,
    auth_time    BIGINT NOT NULL,
    amr          TEXT NOT NULL,
    provider     TEXT,
    authority    TEXT NOT NULL,
    user_agent   TEXT,
    address      TEXT,
    created_at   BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    ended_at     BIGINT
);
CREATE INDEX session_by_user ON session (user_id) WHERE ended_at IS NULL;
CREATE INDEX session_expiry ON session (expires_at);

-- The `sid` of one account within a session: one account's logout never ends another's.
CREATE TABLE session_account (
    sid        TEXT PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES session (id),
    account_id TEXT NOT NULL,
    member_id  TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    ended_at   BIGINT,
    FOREIGN KEY (account_id, member_id) REFERENCES member (account_id, id)
);
CREATE UNIQUE INDEX session_account_open ON session_account (session_id, account_id) WHERE ended_at IS NULL;
CREATE INDEX session_account_member ON session_account (account_id, member_id) WHERE ended_at IS NULL;
CREATE INDEX session_account_session ON session_account (session_id);

-- The id is given with the authorization code, so that the row says that the code was redeemed: it stays at least as long
-- as the code is recognized. People, members, clients and grants are not deleted today; whoever adds that must deal with
-- their grants and tokens, which have no foreign keys because every redemption would pay for looking.
CREATE TABLE oauth_grant (
    id               TEXT PRIMARY KEY,
    account_id       TEXT NOT NULL,
    member_id        TEXT NOT NULL,
    user_id          TEXT NOT NULL,
    client_id        TEXT NOT NULL,
    sid              TEXT,
    scope            TEXT NOT NULL,
    resources        TEXT NOT NULL,
    claims           TEXT,
    auth_time        BIGINT NOT NULL,
    amr              TEXT NOT NULL,
    offline          BOOLEAN NOT NULL,
    native           BOOLEAN NOT NULL,
    app_version      TEXT,
    platform         TEXT,
    platform_version TEXT,
    created_at       BIGINT NOT NULL,
    expires_at       BIGINT NOT NULL,
    revoked_at       BIGINT,
    revoked_because  TEXT
);
CREATE INDEX oauth_grant_member ON oauth_grant (account_id, member_id) WHERE revoked_at IS NULL;
CREATE INDEX oauth_grant_sid ON oauth_grant (sid) WHERE revoked_at IS NULL;
CREATE INDEX oauth_grant_user ON oauth_grant (user_id) WHERE revoked_at IS NULL;

CREATE TABLE refresh_token (
    token_hash TEXT PRIMARY KEY,
    grant_id   TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT
);
CREATE INDEX refresh_token_expiry ON refresh_token (expires_at);

-- An access token revoked by itself (RFC 7009), until it would have expired.
CREATE TABLE revoked_token (
    jti        TEXT PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX revoked_token_expiry ON revoked_token (expires_at);

CREATE TABLE signing_key (
    id             TEXT PRIMARY KEY,
    algorithm      TEXT NOT NULL,
    purpose        TEXT NOT NULL CHECK (purpose IN ('sig')),
    state          TEXT NOT NULL CHECK (state IN ('next', 'current', 'retired')),
    public_jwk     TEXT NOT NULL,
    private_sealed TEXT NOT NULL,
    created_at     BIGINT NOT NULL,
    current_at     BIGINT,
    retired_at     BIGINT
);
CREATE UNIQUE INDEX signing_key_one ON signing_key (algorithm, state) WHERE state IN ('next', 'current');

CREATE TABLE throttle (
    key           TEXT PRIMARY KEY,
    failures      BIGINT NOT NULL,
    last_at       BIGINT NOT NULL,
    blocked_until BIGINT NOT NULL
);
CREATE INDEX throttle_last ON throttle (last_at);
