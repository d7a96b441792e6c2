using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace OrleansEcho.ServiceDefaults.Tests;

/// <summary>An option of every kind that a catalog knows.</summary>
internal sealed class SampleOptions
{
    public const string Section = "Sample";

    [Description("How many there are.")]
    [Range(1, 100)]
    public int Count { get; set; } = 10;

    [Description("How far from the middle.")]
    public int Offset { get; set; }

    [Description("How long it takes, in seconds.")]
    [Range(0, 3600)]
    public double Seconds { get; set; } = 1.5;

    [Description("What it looks like.")]
    [AllowedValues("red", "green")]
    public string Color { get; set; } = "red";

    [Description("Whether it works.")]
    public bool Enabled { get; set; } = true;

    [Description("What it is called.")]
    public string Name { get; set; } = "";

    /// <summary>Cannot be set: no option.</summary>
    public int Twice => 2 * Count;
}
