namespace OrleansEcho.LoadTest.Scenarios;

/// <summary>How to speak TLS to a target.</summary>
/// <param name="ServerName">The name that the certificate has to be for; null for the target's host.</param>
/// <param name="Authority">A PEM file of the authorities that are trusted; null for the system's.</param>
/// <param name="Certificate">A PEM file with the client's certificate; null for none.</param>
/// <param name="Key">A PEM file with its key.</param>
/// <param name="AcceptsAny">Whether any certificate will do: what is measured is not who answers.</param>
public sealed record LoadTls(string? ServerName = null, string? Authority = null, string? Certificate = null, string? Key = null, bool AcceptsAny = false);
