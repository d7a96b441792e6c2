-- The tables of the provider postgresql. Storage:CreateSchema=true applies this file; so does psql, for who may not give a silo that right.
-- It may be applied again at any time: what is there stays as it is.

-- Where Orleans' provider looks for its queries.
CREATE TABLE IF NOT EXISTS OrleansQuery
(
    QueryKey varchar(64) NOT NULL PRIMARY KEY,
    QueryText text NOT NULL
);

-- One row a grain and state. An index of PostgreSQL holds some 2,700 bytes a row, and a grain's key may be longer: so the primary key is a
-- digest of service, state and grain, each with its length before it, and the three stand beside it for people.
CREATE TABLE IF NOT EXISTS EchoGrainState
(
    Digest bytea NOT NULL PRIMARY KEY,
    ServiceId text NOT NULL,
    StateName text NOT NULL,
    GrainKey text NOT NULL,
    Payload bytea,
    Version integer NOT NULL,
    ModifiedOn timestamptz NOT NULL
);

-- The parameters' names and those of the result's columns are the provider's. No row in an answer to a write means a lost race.
INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES
(
    'ReadFromStorageKey', $query$
    SELECT Payload AS PayloadBinary, Version AS Version
    FROM EchoGrainState
    WHERE Digest = sha256(convert_to(
        length(@ServiceId::text) || ':' || @ServiceId::text || length(@GrainTypeString::text) || ':' || @GrainTypeString::text || @GrainIdExtensionString::text, 'UTF8'));
    $query$
),
(
    -- The insert is for who has read nothing, the update for who has read this version: neither can overwrite what another wrote.
    'WriteToStorageKey', $query$
    WITH Written AS
    (
        SELECT
            sha256(convert_to(
                length(@ServiceId::text) || ':' || @ServiceId::text || length(@GrainTypeString::text) || ':' || @GrainTypeString::text || @GrainIdExtensionString::text, 'UTF8')) AS Digest,
            @GrainStateVersion::integer AS Version
    ),
    Updated AS
    (
        UPDATE EchoGrainState AS State
        SET Payload = @PayloadBinary::bytea, Version = State.Version + 1, ModifiedOn = now()
        FROM Written
        WHERE State.Digest = Written.Digest AND State.Version = Written.Version
        RETURNING State.Version
    ),
    Inserted AS
    (
        INSERT INTO EchoGrainState (Digest, ServiceId, StateName, GrainKey, Payload, Version, ModifiedOn)
        SELECT Digest, @ServiceId::text, @GrainTypeString::text, @GrainIdExtensionString::text, @PayloadBinary::bytea, 1, now()
        FROM Written
        WHERE Version IS NULL
        ON CONFLICT (Digest) DO NOTHING
        RETURNING Version
    )
    SELECT Version AS NewGrainStateVersion FROM Updated
    UNION ALL
    SELECT Version FROM Inserted;
    $query$
),
(
    -- The row stays, so that its version does: who still holds an older one is told.
    'ClearStorageKey', $query$
    UPDATE EchoGrainState
    SET Payload = NULL, Version = Version + 1, ModifiedOn = now()
    WHERE Version = @GrainStateVersion::integer AND Digest = sha256(convert_to(
        length(@ServiceId::text) || ':' || @ServiceId::text || length(@GrainTypeString::text) || ':' || @GrainTypeString::text || @GrainIdExtensionString::text, 'UTF8'))
    RETURNING Version AS NewGrainStateVersion;
    $query$
)
ON CONFLICT (QueryKey) DO NOTHING;
