using CsCheck;
using OrleansEcho.LoadTest.Scenarios;

namespace OrleansEcho.LoadTest.Tests.Scenarios;

public sealed class ScenarioReaderTests
{
    private const string Everything =
        """
        name: "All of it"
        description: whatever there is
        targets:
          - 127.0.0.1:7000
          - length-prefixed=gateway:7001
          - address: "[::1]:7007"
            framing: raw
            tls: { name: echo, insecure: true }
        tls: true
        sources: [127.0.0.2, 127.0.0.3]
        connections: 100
        rate: 0
        size: 26-5000
        mix:
          - weight: 6
            size: 32*9,1024-4096*1
          - { kind: closed, depth: 4, think: 5ms, weight: 0.5 }
          - churn: 10
          - hold: 30s
          - hold: true
          - burst: { messages: 20, every: 1.5s }
        stages:
          - step: 5s
          - { ramp: 1m, connections: 500, rate: 2500.5 }
          - step: 500ms
            size: 2048
        warmup: 2s
        drain: 0s
        timeout: 30s
        reconnect: false
        connect-window: 16
        seed: 7
        thresholds: ["p99 > 50ms", errors > 0]
        """;

    private const string Read =
        """
        All of it: whatever there is
        127.0.0.1:7000 line LoadTls { ServerName = , Authority = , Certificate = , Key = , AcceptsAny = False }
        gateway:7001 length-prefixed LoadTls { ServerName = , Authority = , Certificate = , Key = , AcceptsAny = False }
        [::1]:7007 raw LoadTls { ServerName = echo, Authority = , Certificate = , Key = , AcceptsAny = True }
        from 127.0.0.2 127.0.0.3
        6 Open 32*9,1024-4096*1
        0.5 Closed 26-5000 depth 4 think 5ms
        1 Churn 26-5000 after 10
        1 Hold 26-5000 trickle 30s
        1 Hold 26-5000
        1 Burst 26-5000 depth 20 every 1500ms
        5s 100 0 step
        1m 500 2500.5
        500ms 500 2500.5 step 2048
        2s 0s 30s window 16 reconnects False seed 7
        p99 > 50ms
        errors > 0
        """;

    [Fact]
    public void EverythingThatAScenarioCanHold_IsRead()
    {
        var (file, faults) = ScenarioReader.Read(Everything, "all.yaml", ScenarioReader.Nothing);
        Assert.Empty(faults);
        Assert.Equal(Read.ReplaceLineEndings("\n"), Describe(file!));
    }

    [Fact]
    public void JsonIsReadTheSame_WithTabsAndSpaces()
    {
        const string Json = "{\n\t\"connections\": 100,\n\t\"stages\":\t[\n\t\t{\"step\": \"5s\", \"rate\": 1},\n\t\t{\"ramp\": \"1m\", \"rate\": 2.5e3}\n\t],\n\t\"size\": \"32-64\", \"reconnect\": false, \"name\": \"\\u00e9\\/\\t\"\n}\n";
        var (file, faults) = ScenarioReader.Read(Json, "x.json", ScenarioReader.Nothing);
        Assert.Empty(faults);
        Assert.Equal((2, 2500.0, "é/\t", false), (file!.Scenario.Stages.Count, file.Scenario.Stages[1].Rate, file.Scenario.Name, file.Scenario.Reconnects));
        Assert.Equal(["x.json:5:12: stages[1].ramp: 'never' is no duration; write a number with us, ms, s, m or h after it, such as 500ms."], FaultsOf(Json.Replace("1m", "never", StringComparison.Ordinal), "x.json"));
    }

    [Fact]
    public void NothingSaid_IsAClosedLoopToTheGatewayOfThisMachine()
    {
        var (file, faults) = ScenarioReader.Read("# nothing\n", "folder/nothing.yaml", ScenarioReader.Nothing);
        Assert.Empty(faults);
        Assert.Equal("nothing: \n127.0.0.1:7000 line \nfrom \n1 Closed 32\n10s 64 \n1s 3s 10s window 128 reconnects True seed 1", Describe(file!));
    }

    [Fact]
    public void EveryFaultIsToldAtOnce_WithItsPlaceAndWhatToDo()
    {
        const string Wrong =
            """
            conections: 64
            targets:
              - 127.0.0.1
              - { adress: "a:1" }
            connections: "64"
            rate: -5
            size: 21
            size: 22
            duration: 10
            warmup: 2h
            reconnect: yes
            seed:
            framing: lines
            name: 7
            think: [1s]
            mix: 5
            tls: { cert: nowhere.pem, insecure: true, ca: nowhere.pem }
            thresholds: []
            burst: { messages: 0 }
            """;
        Assert.Equal(
            """
            dir/f.yaml:1:1: conections: is no key here; did you mean connections?
            dir/f.yaml:3:5: targets[0]: '127.0.0.1' has no port; write HOST:PORT, such as 127.0.0.1:7000.
            dir/f.yaml:4:5: targets[1]: has no address; add it.
            dir/f.yaml:4:7: targets[1].adress: is no key here; did you mean address?
            """.ReplaceLineEndings("\n"),
            string.Join('\n', FaultsOf(Wrong, "dir/f.yaml").Take(4)));
        Assert.Equal(
            """
            5:14: connections: '64' is in quotes; write a whole number without them.
            6:7: rate: '-5' is no number from 0 to 10000000; write one.
            7:7: size: '21' has a size outside 22 to 1048576 bytes; choose another.
            8:1: size: stands twice; keep one of them.
            9:11: duration: '10' is no duration; write a number with us, ms, s, m or h after it, such as 500ms.
            10:9: warmup: 2h is outside 0s to 1h; choose another.
            11:12: reconnect: 'yes' is neither true nor false; write one of them.
            12:6: seed: has no value; write a whole number, or take the key away.
            13:10: framing: there is no 'lines'; did you mean line?
            14:7: name: '7' is no text; write text, in quotes.
            15:1: think: beside a mix this says nothing; put it into a part of the mix.
            15:8: think: is a list; write a duration such as 500ms, 5s or 2m.
            16:6: mix: is a list; write each item on a line of its own after '- '.
            17:8: tls.cert: a certificate and its key go together; add key.
            17:14: tls.cert: there is no file dir/nowhere.pem; correct the path.
            17:27: tls.insecure: any certificate will do, or those of an authority; take one of the two away.
            17:47: tls.ca: there is no file dir/nowhere.pem; correct the path.
            18:13: thresholds: is an empty list; put something in, or take the key away.
            19:1: burst: beside a mix this says nothing; put it into a part of the mix.
            19:8: burst: has no every; add it.
            19:20: burst.messages: '0' is no whole number from 1 to 65536; write one.
            """.ReplaceLineEndings("\n"),
            string.Join('\n', FaultsOf(Wrong, "dir/f.yaml").Skip(4).Select(f => f["dir/f.yaml:".Length..])));
    }

    [Theory]
    [InlineData("kind: open", "1:1: kind: an open loop goes by a rate")]
    [InlineData("kind: churn", "1:1: kind: it does not say after how many echoes")]
    [InlineData("kind: burst", "1:1: kind: it does not say how many messages")]
    [InlineData("kind: closed\nchurn: 5", "1:1: kind: churn makes it churn")]
    [InlineData("kind: closed\nrate: 5", "2:1: rate: nothing goes by it beside closed")]
    [InlineData("rate: 10\ndepth: 2", "2:1: depth: the rate decides how many")]
    [InlineData("rate: 10\nthink: 2s", "2:1: think: the rate decides when")]
    [InlineData("rate: 10\nchurn: 2", "1:1: rate: nothing goes by it beside churn")]
    [InlineData("rate: 0", "1:7: rate: 0 sends nothing")]
    [InlineData("hold: true\nchurn: 2", "1:1: hold: a connection does this or churn")]
    [InlineData("hold: true\nthink: 2s", "2:1: think: hold decides when")]
    [InlineData("burst: { messages: 5, every: 1s }\ndepth: 4", "2:1: depth: burst decides how many")]
    [InlineData("rate: 5\nmix: [{ churn: 5 }]", "1:1: rate: no part of the mix goes by it")]
    [InlineData("duration: 5s\nstages: [{ step: 1s }]", "1:1: duration: the stages say how long")]
    [InlineData("stages: [{ connections: 5 }]", "1:10: stages[0]: has neither ramp nor step")]
    [InlineData("stages: [{ step: 1s, ramp: 1s }]", "1:10: stages[0]: has both ramp and step")]
    [InlineData("stages: [{ ramp: 1s }]", "1:12: stages[0].ramp: the first stage has nothing to begin at")]
    [InlineData("stages: [{ step: 1s }, { step: 1s, rate: 5 }]", "1:36: stages[1].rate: the stages before have no rate")]
    [InlineData("stages: [{ step: 1s, rate: 0 }]", "1:1: stages: the rate is 0 in all of them")]
    [InlineData("targets: ['a:1', 'b:2']\nconnections: 1", "2:14: connections: 1 are fewer than the 2 targets")]
    [InlineData("mix: [{}, {}, {}]\nconnections: 2", "2:14: connections: 2 are fewer than the 3 parts of the mix")]
    [InlineData("targets: ['a:1', 'raw=a:1']", "1:18: targets[1]: a:1 is there twice")]
    [InlineData("targets: [{ address: 'raw=a:1', framing: line }]", "1:33: targets[0].framing: the address says it, too")]
    [InlineData("size: 22", "1:7: size: 22 is too small with line, where a message needs 23 bytes")]
    [InlineData("size: 25\nframing: length-prefixed", "1:7: size: 25 is too small with length-prefixed, where a message needs 26 bytes")]
    [InlineData("mix: [{ size: 22 }]", "1:15: mix[0].size: 22 is too small")]
    [InlineData("sources: [localhost]", "1:11: sources[0]: 'localhost' is no address")]
    [InlineData("- 5", "1:1: a scenario is keys with values")]
    [InlineData("a: &b 5\nname: *b", "2:7: anchors and aliases")]
    [InlineData("name: a\n---\nname: b", "2:1: a second scenario")]
    [InlineData("name: 'a", "1:7: this is not YAML")]
    public void WhatDoesNotGoTogether_IsAFault(string text, string fault) => Assert.Contains(FaultsOf(text, "f"), f => f.StartsWith("f:" + fault, StringComparison.Ordinal));

    [Fact]
    public void SmallestMessages_AreTaken()
    {
        Assert.Empty(FaultsOf("size: 22\nframing: raw", "f"));
        Assert.Empty(FaultsOf("size: 23", "f"));
        Assert.Empty(FaultsOf("size: 26,1048576\nframing: length-prefixed", "f"));
    }

    // Whatever is in a file, a person gets lines, and no stack trace.
    [Fact]
    public void AnyText_IsReadOrRefused() =>
        Gen.Select(Gen.Int[0, Everything.Length], Gen.Int[0, 20], Gen.OneOf(Gen.String["\n :-[]{}'\"\t&*!|>#,0a\\%@"], Gen.String)).Sample((at, cut, put) =>
        {
            var (file, faults) = ScenarioReader.Read(Everything.Remove(at, Math.Min(cut, Everything.Length - at)).Insert(at, put), "f", ScenarioReader.Nothing);
            return file is null != (faults.Count is 0) && faults.All(f => f.Length > 0);
        }, iter: 3_000);

    private static IReadOnlyList<string> FaultsOf(string text, string source) => ScenarioReader.Read(text, source, ScenarioReader.Nothing).Faults;

    private static string Describe(ScenarioFile file)
    {
        var s = file.Scenario;
        return string.Join('\n', (string[])
        [
            $"{s.Name}: {file.Description}",
            .. s.Targets.Select(t => $"{t.Name} {t.Framing} {t.Tls}"),
            $"from {string.Join(' ', s.Sources)}",
            .. s.Flows.Select(f => $"{f.Weight} {f.Kind} {f.Sizes}" + (f.Depth is 1 ? "" : $" depth {f.Depth}") + Time("think", f.ThinkTime)
                + (f.EchoesPerConnection is 0 ? "" : $" after {f.EchoesPerConnection}") + Time("every", f.BurstInterval) + Time("trickle", f.TrickleInterval)),
            .. s.Stages.Select(t => $"{Durations.Format(t.Duration)} {t.Connections} {t.Rate}{(t.IsStep ? " step" : "")}{(t.Sizes is null ? "" : $" {t.Sizes}")}"),
            $"{Durations.Format(s.Warmup)} {Durations.Format(s.Drain)} {Durations.Format(s.Timeout)} window {s.ConnectWindow} reconnects {s.Reconnects} seed {s.Seed}",
            .. file.Thresholds.Select(t => t.Condition),
        ]);
    }

    private static string Time(string name, TimeSpan time) => time == TimeSpan.Zero ? "" : $" {name} {Durations.Format(time)}";
}
