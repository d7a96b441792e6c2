using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace OrleansEcho.ServiceDefaults.Tests;

/// <summary>Options of which there is one set under every name.</summary>
internal sealed class SampleItemOptions
{
    public const string Section = "Sample:Items";

    [Description("Where it is.")]
    public string Address { get; set; } = "";

    [Description("How large it is.")]
    [Range(1, 9)]
    public int Size { get; set; } = 5;
}
