namespace OrleansEcho.Architecture.Tests;

/// <summary>The order inside the load tester: who may know whom.</summary>
internal static class LoadTestLayers
{
    public static LayerOrder Order { get; } = new("OrleansEcho.LoadTest", new Dictionary<string, string[]>
    {
        ["Commands"] = ["Comparing", "Searching", "Thresholds", "Reports", "Workers", "Load", "Results", "Scenarios"], // puts everything together
        ["Comparing"] = ["Reports", "Results", "Scenarios"],
        ["Searching"] = ["Thresholds", "Reports", "Load", "Results", "Scenarios"],
        ["Thresholds"] = ["Reports", "Results"],
        ["Reports"] = ["Results", "Scenarios"], // whoever made the load
        ["Workers"] = ["Load", "Results", "Scenarios"],
        ["Load"] = ["Results", "Scenarios"],
        ["Results"] = ["Scenarios"],
        ["Scenarios"] = [],
        [""] = [],
    });
}
