using System.Text.Json.Serialization;
using OrleansEcho.LoadTest.Results;

namespace OrleansEcho.LoadTest.Workers;

/// <summary>What conductor and workers send each other through the session, which does not read it.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    IgnoreReadOnlyProperties = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(WorkerPlan))]
[JsonSerializable(typeof(LoadProgress))]
[JsonSerializable(typeof(RunResult))]
internal sealed partial class WorkerJson : JsonSerializerContext;
