using System.Text.Json.Nodes;
using CsCheck;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Tests.Scenarios;

public sealed class ScenarioSchemaTests
{
    // Values that a schema can judge to the end, and some that only the reader can: a duration's range, a range's order.
    private static readonly string[] Judged =
    [
        "null", "true", "false", "0", "1", "-1", "22", "64", "64.5", "0.5", "1048577", "10000001", "3000000000", "\"\"", "\"a\"",
        "\"true\"", "\"line\"", "\"closed\"", "\"5\"", "\"32\"", "\"5x\"", "\"a:1\"",
        "\"raw=a:1\"", "\"tcp=a:1\"", "\"32-64\"", "\"32-\"", "\"1s\"", "[]", "{}", "[1]", "[\"a\"]", "[\"a:1\"]", "[{}]",
        "[{\"step\":\"1s\"}]", "[{\"weight\":0}]", "[{\"address\":\"a:1\"}]", "[{\"adress\":\"a:1\"}]",
        "{\"messages\":5,\"every\":\"1s\"}", "{\"messages\":5}", "{\"ca\":\"x\"}", "{\"insecure\":1}",
    ];

    private static readonly string[] Ranged = ["\"900h\"", "\"0s\"", "\"64-32\"", "\"32*0\"", "\"5\"", "\"a:99999\""];

    private static readonly JsonObject Schema = (JsonObject)JsonNode.Parse(ScenarioSchema.ToJson())!;

    [Fact]
    public void PublishedSchema_IsThatOfTheReader()
    {
        var path = Repository.PathOf("LoadTest", "Scenarios", "scenario.schema.json");
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") is "1") File.WriteAllText(path, ScenarioSchema.ToJson());
        Assert.True(
            File.ReadAllText(path) == ScenarioSchema.ToJson(),
            "LoadTest/Scenarios/scenario.schema.json differs from the reader; make it anew with UPDATE_DOCS=1 dotnet run -c Release "
            + "--project tests/LoadTest.Tests");
    }

    [Fact]
    public void SchemaAndReader_SayTheSameOfEveryKeyAndValue()
    {
        string[] keys = [.. Schema["properties"]!.AsObject().Select(p => p.Key), "conections"];
        foreach (var key in keys)
        {
            var accepted = 0;
            foreach (var value in Judged.Union(Ranged))
            {
                var (schema, reader) = (IsValid(key, value), IsRead(key, value));
                Assert.True(Ranged.Contains(value) ? schema || !reader : schema == reader,
                    $"{key}: {value}: the schema says {schema}, the reader {reader}.");
                if (reader) accepted++;
            }

            Assert.True(accepted > 0 == (key is not "conections"), $"{key} takes {accepted} of the values.");
        }
    }

    [Fact]
    public void SchemaTakes_WhateverTheReaderTakes() =>
        Gen.Select(OneOf([.. Schema["properties"]!.AsObject().Select(p => p.Key)]), OneOf(Judged), Gen.String["0123456789smhu-*,.=:[]a"])
            .Sample((key, value, text) =>
            new[] { value, JsonValue.Create(text).ToJsonString(), $"[{value}]" }.All(v => IsValid(key, v) || !IsRead(key, v)), iter: 5_000);

    [Fact]
    public void ReadyScenarios_AreReadAndDescribeThemselves()
    {
        Assert.Equal(["churn", "closed", "hold", "open", "ramp-to-peak", "smoke"], ReadyScenarios.Names);
        foreach (var name in ReadyScenarios.Names)
        {
            var (file, faults) = ScenarioReader.Read(File.ReadAllText(ReadyScenarios.FileOf(name)), name + ".yaml", ScenarioReader.Nothing);
            Assert.Empty(faults);
            Assert.Equal(name, file!.Scenario.Name);
            Assert.NotEmpty(file.Description);
        }

        Assert.Equal(
            Enum.GetValues<FlowKind>(),
            ReadyScenarios.Names.SelectMany(n => ScenarioReader.Read(File.ReadAllText(ReadyScenarios.FileOf(n)), n, ScenarioReader.Nothing)
                .File!.Scenario.Flows).Select(f => f.Kind).Distinct().Order());
    }

    private static Gen<string> OneOf(string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static bool IsValid(string key, string value) => MiniSchema.Takes(Schema, JsonNode.Parse($$"""{"{{key}}": {{value}}}"""));

    // What keys mean together is nothing that a schema knows.
    private static bool IsRead(string key, string value)
    {
        var faults = new ScenarioFaults();
        ScenarioKeys.Root.Read(ScenarioParser.Parse($$"""{"{{key}}": {{value}}}""", "f.json", faults), "", faults);
        return faults.Lines.Count is 0;
    }
}
