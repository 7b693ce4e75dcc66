-- What leaves after commit, what happened, and what other nodes must notice.

CREATE TABLE outbox (
    id             TEXT PRIMARY KEY,
    kind           TEXT NOT NULL,
    account_id     TEXT,
    subject_id     TEXT,
    dedup_key      TEXT NOT NULL UNIQUE,
    payload_sealed TEXT NOT NULL,
    not_before     BIGINT NOT NULL,
    created_at     BIGINT NOT NULL,
    attempts       BIGINT NOT NULL,
    last_error     TEXT,
    done_at        BIGINT,
    failed_at      BIGINT
);
CREATE INDEX outbox_due ON outbox (not_before) WHERE done_at IS NULL AND failed_at IS NULL;
CREATE INDEX outbox_subject ON outbox (subject_id);

-- The development mail box (`mail.transport = "dev"`), shared by all nodes. The message id makes a repeat impossible.
CREATE TABLE dev_mail (
    message_id TEXT PRIMARY KEY,
    recipient  TEXT NOT NULL,
    subject    TEXT NOT NULL,
    body_text  TEXT NOT NULL,
    body_html  TEXT NOT NULL,
    sent_at    BIGINT NOT NULL
);
CREATE INDEX dev_mail_sent ON dev_mail (sent_at, message_id);

-- `chain` is the account's id, or 'installation'. Position and link are given by the chaining job after commit. The
-- values (who, from where, before, after) are chained by their digests only, so that personal ones can be erased.
CREATE TABLE audit_record (
    id         TEXT PRIMARY KEY,
    chain      TEXT NOT NULL,
    at         BIGINT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id   TEXT,
    action     TEXT NOT NULL,
    target     TEXT,
    target_id  TEXT,
    salt       TEXT NOT NULL,
    digest     TEXT NOT NULL,
    value_list TEXT NOT NULL,
    position   BIGINT,
    link       TEXT
);
CREATE UNIQUE INDEX audit_record_position ON audit_record (chain, position) WHERE position IS NOT NULL;
CREATE INDEX audit_record_unchained ON audit_record (chain, id) WHERE position IS NULL;

CREATE TABLE audit_head (
    chain    TEXT PRIMARY KEY,
    position BIGINT NOT NULL,
    link     TEXT NOT NULL
);

-- Small facts about the installation (the set-up link's digest, …).
CREATE TABLE installation (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
