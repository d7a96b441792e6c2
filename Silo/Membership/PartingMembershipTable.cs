using Microsoft.Extensions.Hosting;

namespace OrleansEcho.Silo.Membership;

/// <summary>
/// Lets a silo stop while the list of silos is away. Orleans tries for two minutes to write that it leaves; but whoever is left finds that out by itself
/// as soon as the list is back, and a supervisor does not wait as long. So what fails while the program stops counts as done.
/// </summary>
internal sealed class PartingMembershipTable(IMembershipTable inner, IHostApplicationLifetime application) : DelegatingMembershipTable(inner)
{
    private MembershipTableData? _last;

    private bool IsParting => application.ApplicationStopping.IsCancellationRequested;

    public override async Task<MembershipTableData> ReadAllAsync(CancellationToken cancellationToken)
    {
        try
        {
            return _last = await Inner.ReadAllAsync(cancellationToken);
        }
        catch (Exception) when (IsParting && _last is not null)
        {
            return _last;
        }
    }

    public override async Task<bool> UpdateRowAsync(MembershipEntry entry, string etag, TableVersion tableVersion, CancellationToken cancellationToken)
    {
        try
        {
            return await Inner.UpdateRowAsync(entry, etag, tableVersion, cancellationToken);
        }
        catch (Exception) when (IsParting)
        {
            return true;
        }
    }
}
