using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Tests.Load.Messages;

/// <summary>What was counted of one connection.</summary>
internal sealed record EchoCounts(long Messages, long Bytes, IntegrityFigures Integrity, string Refusals);
