-- The tables that silos keep in PostgreSQL: the grains' state (Storage:Provider=postgresql) and the list of silos (Cluster:Membership=adonet).
-- 'OrleansEcho.Silo --init-db' applies this file, Storage:CreateSchema=true does when a silo starts, and so does psql.
-- It may be applied again at any time: what is there stays as it is.

-- Which version of this file was applied last: in one row. A program that finds a newer one than it knows does not start.
CREATE TABLE IF NOT EXISTS EchoSchema
(
    IsOnly boolean NOT NULL PRIMARY KEY DEFAULT true CHECK (IsOnly),
    Version integer NOT NULL
);

INSERT INTO EchoSchema (Version) VALUES (1)
ON CONFLICT (IsOnly) DO UPDATE SET Version = greatest(EchoSchema.Version, EXCLUDED.Version);

-- Where Orleans' providers look for their queries.
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

-- The list of silos. Each cluster (DeploymentId) has a version, which rises with every change of the list; whoever changes it names the version
-- that he has read, and changes nothing when it is another by now.
CREATE TABLE IF NOT EXISTS OrleansMembershipVersionTable
(
    DeploymentId text NOT NULL PRIMARY KEY,
    Timestamp timestamptz NOT NULL DEFAULT now(),
    Version integer NOT NULL DEFAULT 0
);

-- One row a silo and start of it (Generation).
CREATE TABLE IF NOT EXISTS OrleansMembershipTable
(
    DeploymentId text NOT NULL REFERENCES OrleansMembershipVersionTable,
    Address text NOT NULL,
    Port integer NOT NULL,
    Generation integer NOT NULL,
    SiloName text NOT NULL,
    HostName text NOT NULL,
    Status integer NOT NULL,
    ProxyPort integer,
    SuspectTimes text,
    StartTime timestamptz NOT NULL,
    IAmAliveTime timestamptz NOT NULL,
    PRIMARY KEY (DeploymentId, Address, Port, Generation)
);

-- Again the provider's names. What changes the list answers with the number of rows: 0 for a lost race.
INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES
(
    'InsertMembershipVersionKey', $query$
    WITH Inserted AS
    (
        INSERT INTO OrleansMembershipVersionTable (DeploymentId)
        VALUES (@DeploymentId::text)
        ON CONFLICT (DeploymentId) DO NOTHING
        RETURNING 1
    )
    SELECT count(*)::integer FROM Inserted;
    $query$
),
(
    -- The version's row is the lock: of two that have read the same version, the second finds another one when its turn comes.
    'InsertMembershipKey', $query$
    WITH Advanced AS
    (
        UPDATE OrleansMembershipVersionTable AS List
        SET Version = List.Version + 1, Timestamp = now()
        WHERE List.DeploymentId = @DeploymentId::text AND List.Version = @Version::integer AND NOT EXISTS
        (
            SELECT FROM OrleansMembershipTable AS Silo
            WHERE Silo.DeploymentId = List.DeploymentId AND Silo.Address = @Address::text AND Silo.Port = @Port::integer AND Silo.Generation = @Generation::integer
        )
        RETURNING List.DeploymentId
    ),
    Inserted AS
    (
        INSERT INTO OrleansMembershipTable (DeploymentId, Address, Port, Generation, SiloName, HostName, Status, ProxyPort, StartTime, IAmAliveTime)
        SELECT
            DeploymentId, @Address::text, @Port::integer, @Generation::integer, @SiloName::text, @HostName::text, @Status::integer, @ProxyPort::integer,
            @StartTime::timestamptz, @IAmAliveTime::timestamptz
        FROM Advanced
        RETURNING 1
    )
    SELECT count(*)::integer FROM Inserted;
    $query$
),
(
    'UpdateMembershipKey', $query$
    WITH Advanced AS
    (
        UPDATE OrleansMembershipVersionTable AS List
        SET Version = List.Version + 1, Timestamp = now()
        WHERE List.DeploymentId = @DeploymentId::text AND List.Version = @Version::integer AND EXISTS
        (
            SELECT FROM OrleansMembershipTable AS Silo
            WHERE Silo.DeploymentId = List.DeploymentId AND Silo.Address = @Address::text AND Silo.Port = @Port::integer AND Silo.Generation = @Generation::integer
        )
        RETURNING List.DeploymentId
    ),
    Updated AS
    (
        UPDATE OrleansMembershipTable AS Silo
        SET Status = @Status::integer, SuspectTimes = @SuspectTimes::text, IAmAliveTime = @IAmAliveTime::timestamptz
        FROM Advanced
        WHERE Silo.DeploymentId = Advanced.DeploymentId AND Silo.Address = @Address::text AND Silo.Port = @Port::integer AND Silo.Generation = @Generation::integer
        RETURNING 1
    )
    SELECT count(*)::integer FROM Updated;
    $query$
),
(
    -- A sign of life is no change of the list.
    'UpdateIAmAlivetimeKey', $query$
    UPDATE OrleansMembershipTable
    SET IAmAliveTime = @IAmAliveTime::timestamptz
    WHERE DeploymentId = @DeploymentId::text AND Address = @Address::text AND Port = @Port::integer AND Generation = @Generation::integer;
    $query$
),
(
    -- With one row at least, without a silo in it, so that the version is always told.
    'MembershipReadAllKey', $query$
    SELECT
        List.DeploymentId, Silo.Address, Silo.Port, Silo.Generation, Silo.SiloName, Silo.HostName, Silo.Status, Silo.ProxyPort, Silo.SuspectTimes,
        Silo.StartTime, Silo.IAmAliveTime, List.Version
    FROM OrleansMembershipVersionTable AS List
    LEFT JOIN OrleansMembershipTable AS Silo ON Silo.DeploymentId = List.DeploymentId
    WHERE List.DeploymentId = @DeploymentId::text;
    $query$
),
(
    'MembershipReadRowKey', $query$
    SELECT
        List.DeploymentId, Silo.Address, Silo.Port, Silo.Generation, Silo.SiloName, Silo.HostName, Silo.Status, Silo.ProxyPort, Silo.SuspectTimes,
        Silo.StartTime, Silo.IAmAliveTime, List.Version
    FROM OrleansMembershipVersionTable AS List
    LEFT JOIN OrleansMembershipTable AS Silo
        ON Silo.DeploymentId = List.DeploymentId AND Silo.Address = @Address::text AND Silo.Port = @Port::integer AND Silo.Generation = @Generation::integer
    WHERE List.DeploymentId = @DeploymentId::text;
    $query$
),
(
    'GatewaysQueryKey', $query$
    SELECT Address, ProxyPort, Generation
    FROM OrleansMembershipTable
    WHERE DeploymentId = @DeploymentId::text AND Status = @Status::integer AND ProxyPort > 0;
    $query$
),
(
    -- 3 is Active: a silo that is thought to be alive is never tidied away.
    'CleanupDefunctSiloEntriesKey', $query$
    DELETE FROM OrleansMembershipTable
    WHERE DeploymentId = @DeploymentId::text AND IAmAliveTime < @IAmAliveTime::timestamptz AND Status <> 3;
    $query$
),
(
    'DeleteMembershipTableEntriesKey', $query$
    DELETE FROM OrleansMembershipTable WHERE DeploymentId = @DeploymentId::text;
    DELETE FROM OrleansMembershipVersionTable WHERE DeploymentId = @DeploymentId::text;
    $query$
)
ON CONFLICT (QueryKey) DO NOTHING;
