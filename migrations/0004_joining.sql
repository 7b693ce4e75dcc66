-- How members come to be: HR systems, invitations, terms of use.

CREATE TABLE provisioning_client (
    account_id TEXT NOT NULL REFERENCES account (id),
    id         TEXT NOT NULL,
    name       TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX provisioning_client_name ON provisioning_client (account_id, name);

-- A token has an authority of its own: a highest role and a set of permissions (null: what that role may give).
CREATE TABLE scim_token (
    account_id             TEXT NOT NULL,
    id                     TEXT NOT NULL,
    provisioning_client_id TEXT NOT NULL,
    token_hash             TEXT NOT NULL UNIQUE,
    highest_role           TEXT NOT NULL CHECK (highest_role IN ('read_only', 'standard', 'manager')),
    permissions            TEXT,
    created_by             TEXT NOT NULL,
    created_at             BIGINT NOT NULL,
    expires_at             BIGINT,
    revoked_at             BIGINT,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, provisioning_client_id) REFERENCES provisioning_client (account_id, id)
);
CREATE INDEX scim_token_client ON scim_token (account_id, provisioning_client_id);

CREATE TABLE member_external_id (
    account_id             TEXT NOT NULL,
    provisioning_client_id TEXT NOT NULL,
    member_id              TEXT NOT NULL,
    external_id            TEXT NOT NULL,
    PRIMARY KEY (account_id, provisioning_client_id, member_id),
    FOREIGN KEY (account_id, provisioning_client_id) REFERENCES provisioning_client (account_id, id),
    FOREIGN KEY (account_id, member_id) REFERENCES member (account_id, id)
);
CREATE UNIQUE INDEX member_external_id_value ON member_external_id (account_id, provisioning_client_id, external_id);
CREATE INDEX member_external_id_member ON member_external_id (account_id, member_id);

CREATE TABLE invitation (
    account_id            TEXT NOT NULL,
    id                    TEXT NOT NULL,
    member_id             TEXT NOT NULL,
    address               TEXT NOT NULL,
    address_folded        TEXT NOT NULL,
    state                 TEXT NOT NULL CHECK (state IN ('pending', 'accepted', 'revoked', 'expired')),
    inviter               TEXT NOT NULL,
    inviter_member_id     TEXT,
    message               TEXT,
    language              TEXT,
    application_id        TEXT REFERENCES application (id),
    awaiting_confirmation BOOLEAN NOT NULL,
    resends               BIGINT NOT NULL,
    created_at            BIGINT NOT NULL,
    sent_at               BIGINT,
    expires_at            BIGINT NOT NULL,
    accepted_at           BIGINT,
    revoked_at            BIGINT,
    version               BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, member_id) REFERENCES member (account_id, id)
);
CREATE UNIQUE INDEX invitation_pending ON invitation (account_id, member_id) WHERE state = 'pending';
CREATE INDEX invitation_member ON invitation (account_id, member_id);
CREATE INDEX invitation_state ON invitation (account_id, state, created_at);
CREATE INDEX invitation_expiry ON invitation (expires_at) WHERE state = 'pending';
CREATE INDEX invitation_inviter ON invitation (account_id, inviter_member_id, created_at);
CREATE INDEX invitation_address ON invitation (address_folded, created_at);

-- Every link ever sent for an invitation, so that an old one can say what became of it.
CREATE TABLE invitation_link (
    token_hash    TEXT PRIMARY KEY,
    account_id    TEXT NOT NULL,
    invitation_id TEXT NOT NULL,
    delivered_by  TEXT NOT NULL CHECK (delivered_by IN ('mail', 'copied')),
    created_at    BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL,
    replaced_at   BIGINT,
    FOREIGN KEY (account_id, invitation_id) REFERENCES invitation (account_id, id)
);
CREATE INDEX invitation_link_invitation ON invitation_link (account_id, invitation_id);

CREATE TABLE terms (
    id           TEXT PRIMARY KEY,
    account_id   TEXT REFERENCES account (id),
    version      TEXT NOT NULL,
    required     BOOLEAN NOT NULL,
    effective_at BIGINT NOT NULL,
    created_at   BIGINT NOT NULL
);
CREATE UNIQUE INDEX terms_version ON terms (version) WHERE account_id IS NULL;
CREATE UNIQUE INDEX terms_account_version ON terms (account_id, version) WHERE account_id IS NOT NULL;

CREATE TABLE terms_text (
    terms_id TEXT NOT NULL REFERENCES terms (id),
    language TEXT NOT NULL,
    body     TEXT NOT NULL,
    digest   TEXT NOT NULL,
    PRIMARY KEY (terms_id, language)
);

CREATE TABLE terms_acceptance (
    user_id     TEXT NOT NULL REFERENCES users (id),
    terms_id    TEXT NOT NULL REFERENCES terms (id),
    language    TEXT NOT NULL,
    digest      TEXT NOT NULL,
    accepted_at BIGINT NOT NULL,
    address     TEXT,
    PRIMARY KEY (user_id, terms_id)
);
CREATE INDEX terms_acceptance_terms ON terms_acceptance (terms_id);
