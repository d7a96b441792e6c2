using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace OrleansEcho.LoadTest.Scenarios;

/// <summary>Reads sizes as <see cref="SizeDistribution.ToString"/> writes them: <c>32</c>, <c>20-5000</c>, <c>32*9,1024-4096*1</c>.</summary>
internal static partial class SizeText
{
    /// <summary>The greatest message, in bytes on the wire: what gateways take by default is a part of it.</summary>
    public const int Max = 1024 * 1024;

    /// <summary>What <see cref="TryParse"/> takes, but for the values of the numbers.</summary>
    public const string Pattern = @"^[0-9]{1,7}(-[0-9]{1,7})?(\*[0-9]{1,6}(\.[0-9]{1,6})?)?(,[0-9]{1,7}(-[0-9]{1,7})?(\*[0-9]{1,6}(\.[0-9]{1,6})?)?)*$";

    /// <summary>The smallest message, in bytes on the wire: a header tells whose it is, the framing its end.</summary>
    /// <param name="framing">A framing's name; null for the least that any needs.</param>
    public static int Min(string? framing) => framing switch { "length-prefixed" => 26, "line" => 23, _ => 22 };

    /// <summary>Reads sizes; total. On failure <paramref name="fault"/> says what is wrong and what to do.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out SizeDistribution? sizes, out string fault)
    {
        (sizes, fault) = (null, "is no size; write bytes (32), a range (20-5000), or several with weights (32*9,1024-4096*1)");
        if (!All().IsMatch(text)) return false;
        var parts = new List<SizeRange>();
        foreach (Match match in One().Matches(text))
        {
            var from = int.Parse(match.Groups["from"].Value, CultureInfo.InvariantCulture);
            var to = match.Groups["to"] is { Success: true } end ? int.Parse(end.Value, CultureInfo.InvariantCulture) : from;
            var weight = match.Groups["weight"] is { Success: true } w ? double.Parse(w.Value, CultureInfo.InvariantCulture) : 1;
            if (from < Min(null) || to > Max) fault = $"has a size outside {Min(null)} to {Max} bytes; choose another";
            else if (to < from) fault = $"has a range that ends before it begins; write {to}-{from}";
            else if (weight is 0) fault = "has a weight of 0; take that size away";
            else parts.Add(new(from, to, weight));
        }

        if (parts.Count < text.Count(c => c is ',') + 1) return false;
        sizes = new(parts);
        return true;
    }

    [GeneratedRegex(Pattern)]
    private static partial Regex All();

    [GeneratedRegex(@"(?<from>[0-9]+)(-(?<to>[0-9]+))?(\*(?<weight>[0-9.]+))?(,|$)")]
    private static partial Regex One();
}
