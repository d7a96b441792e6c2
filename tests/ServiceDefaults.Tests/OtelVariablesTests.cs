using Microsoft.Extensions.Configuration;
using OrleansEcho.ServiceDefaults.Telemetry;

namespace OrleansEcho.ServiceDefaults.Tests;

public sealed class OtelVariablesTests
{
    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317", "'collector:4317' is no URL of a collector; write one such as http://localhost:4317.")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "127.0.0.1:4317", "'127.0.0.1:4317' is no URL of a collector; write one such as http://localhost:4317.")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "http//x", "'http//x' is no URL of a collector; write one such as http://localhost:4317.")]
    [InlineData("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "u:secret@host", "it is no URL of a collector; write one such as http://localhost:4317.")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "grcp", "'grcp' is not known; write one of grpc, http/protobuf.")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/json", "'http/json' is not known; write one of grpc, http/protobuf.")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "secret", "it is no list of headers; write name=value, with commas between.")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "a=1,,b=2", "it is no list of headers; write name=value, with commas between.")]
    [InlineData("OTEL_EXPORTER_OTLP_TIMEOUT", "10s", "'10s' is no number of milliseconds; write one from 1, without a unit.")]
    [InlineData("OTEL_METRIC_EXPORT_INTERVAL", "5s", "'5s' is no number of milliseconds; write one from 1, without a unit.")]
    [InlineData("OTEL_METRIC_EXPORT_INTERVAL", "0", "'0' is no number of milliseconds; write one from 1, without a unit.")]
    [InlineData("OTEL_BSP_SCHEDULE_DELAY", "-1", "'-1' is no number of milliseconds; write one from 1, without a unit.")]
    [InlineData("OTEL_BLRP_MAX_QUEUE_SIZE", "many", "'many' is no number; write one from 1.")]
    [InlineData("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "4096", "4096 do not fit into OTEL_BSP_MAX_QUEUE_SIZE, 2048; write less, or a longer queue.")]
    [InlineData("OTEL_EXPORTER_OTLP_COMPRESSION", "zip", "'zip' is not known; write one of none, gzip.")]
    [InlineData("OTEL_EXPORTER_OTLP_CERTIFICATE", "/no/such.pem", "there is no file '/no/such.pem'.")]
    [InlineData("OTEL_TRACES_SAMPLER", "always", "'always' is not known; write one of always_on, always_off, traceidratio, parentbased_always_on, parentbased_always_off, parentbased_traceidratio.")]
    [InlineData("OTEL_TRACES_SAMPLER_ARG", "2", "'2' is no share; write a number from 0 to 1.")]
    [InlineData("OTEL_RESOURCE_ATTRIBUTES", "team", "'team' is no list of attributes; write name=value, with commas between.")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "g\u001b[2J\nrpc", "'g\\u001b[2J\\nrpc' is not known; write one of grpc, http/protobuf.")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "x\rforged", "'x\\rforged' is no URL of a collector; write one such as http://localhost:4317.")]
    [InlineData("OTEL_EXPORTER_OTLP_COMPRESSION", "password=secret", "'***' is not known; write one of none, gzip.")]
    public void NonsenseIsAFault_ThatSaysWhatToWrite_AndNothingSecret(string variable, string value, string fault)
    {
        var said = Assert.Single(Faults((variable, value)));
        Assert.Equal($"{variable}: {fault}", said);
        Assert.DoesNotContain("secret", said, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatTheStandardAllowsIsTaken() => Assert.Empty(Faults(
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector.example:4317/path"),
        ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://[::1]:4318/v1/metrics"),
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", ""),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Basic%20abc==, x-team=a"),
        ("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "Delta"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "5000"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "100"),
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "100"),
        ("OTEL_TRACES_SAMPLER_ARG", "0.25"),
        ("OTEL_RESOURCE_ATTRIBUTES", "team=a,zone=b,"),
        ("OTEL_SERVICE_NAME", "anything"),
        ("OTEL_PYTHON_LOG_LEVEL", "what others read")));

    [Theory]
    [InlineData(null, "", false)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "", false)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4317", true)]
    [InlineData("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "http://c:4317", true)]
    public void ACollectorOfOneSignalIsOneToo(string? variable, string value, bool isThere) => Assert.Equal(isThere, OtelVariables.NamesACollector(Configuration((variable ?? "OTHER", value))));

    private static List<string> Faults(params (string Variable, string Value)[] variables) => [.. OtelVariables.Faults(Configuration(variables))];

    private static IConfigurationRoot Configuration(params (string Variable, string Value)[] variables) =>
        new ConfigurationBuilder().AddInMemoryCollection(variables.ToDictionary(v => v.Variable, v => (string?)v.Value)).Build();
}
