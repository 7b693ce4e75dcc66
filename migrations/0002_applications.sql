-- Applications with their permission catalogues, their resources (audiences) and their OAuth clients.

CREATE TABLE application (
    id           TEXT PRIMARY KEY,
    name         TEXT NOT NULL,
    all_accounts BOOLEAN NOT NULL,
    version      BIGINT NOT NULL,
    created_at   BIGINT NOT NULL
);

CREATE TABLE account_application (
    account_id     TEXT NOT NULL REFERENCES account (id),
    application_id TEXT NOT NULL REFERENCES application (id),
    PRIMARY KEY (account_id, application_id)
);
CREATE INDEX account_application_of ON account_application (application_id);

CREATE TABLE resource (
    identifier     TEXT PRIMARY KEY,
    application_id TEXT NOT NULL REFERENCES application (id),
    position       BIGINT NOT NULL
);
CREATE UNIQUE INDEX resource_position ON resource (application_id, position);

CREATE TABLE area (
    application_id TEXT NOT NULL REFERENCES application (id),
    id             TEXT NOT NULL,
    label          TEXT NOT NULL,
    description    TEXT NOT NULL,
    position       BIGINT NOT NULL,
    PRIMARY KEY (application_id, id)
);

CREATE TABLE permission (
    application_id TEXT NOT NULL,
    id             TEXT NOT NULL,
    area_id        TEXT NOT NULL,
    label          TEXT NOT NULL,
    description    TEXT NOT NULL,
    class          TEXT NOT NULL CHECK (class IN ('view', 'edit', 'manage', 'billing')),
    position       BIGINT NOT NULL,
    PRIMARY KEY (application_id, id),
    FOREIGN KEY (application_id, area_id) REFERENCES area (application_id, id)
);

CREATE TABLE client (
    id             TEXT PRIMARY KEY,
    application_id TEXT NOT NULL REFERENCES application (id),
    kind           TEXT NOT NULL CHECK (kind IN ('web', 'spa', 'native', 'service')),
    first_party    BOOLEAN NOT NULL,
    metadata       TEXT NOT NULL,
    version        BIGINT NOT NULL,
    created_at     BIGINT NOT NULL
);
CREATE INDEX client_application ON client (application_id);

CREATE TABLE client_secret (
    client_id   TEXT NOT NULL REFERENCES client (id),
    secret_hash TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT,
    PRIMARY KEY (client_id, secret_hash)
);

-- Origins of browser clients, for CORS.
CREATE TABLE client_origin (
    origin    TEXT NOT NULL,
    client_id TEXT NOT NULL REFERENCES client (id),
    PRIMARY KEY (origin, client_id)
);
CREATE INDEX client_origin_client ON client_origin (client_id);
