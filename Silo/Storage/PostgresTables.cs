namespace OrleansEcho.Silo.Storage;

/// <summary>What one part of a silo needs of a database.</summary>
/// <param name="Purpose">For a person: what it is for.</param>
/// <param name="Names">The tables, in lower case.</param>
/// <param name="QueryKeys">The queries that Orleans' provider looks for in OrleansQuery.</param>
internal sealed record PostgresTables(string Purpose, IReadOnlyList<string> Names, IReadOnlyList<string> QueryKeys)
{
    public static PostgresTables GrainState { get; } = new(
        "the grains' state",
        ["orleansquery", "echoschema", "echograinstate"],
        ["ReadFromStorageKey", "WriteToStorageKey", "ClearStorageKey"]);

    public static PostgresTables Membership { get; } = new(
        "the list of silos",
        ["orleansquery", "echoschema", "orleansmembershipversiontable", "orleansmembershiptable"],
        [
            "GatewaysQueryKey", "MembershipReadRowKey", "MembershipReadAllKey", "InsertMembershipVersionKey", "UpdateIAmAlivetimeKey",
            "InsertMembershipKey", "UpdateMembershipKey", "DeleteMembershipTableEntriesKey", "CleanupDefunctSiloEntriesKey",
        ]);
}
