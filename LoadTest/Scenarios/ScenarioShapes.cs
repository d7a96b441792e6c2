using System.Globalization;
using System.Text.Json.Nodes;
using OrleansEcho.Protocols;

namespace OrleansEcho.LoadTest.Scenarios;

/// <summary>The single values that a scenario is made of.</summary>
internal static class ScenarioShapes
{
    public static ScalarShape Text { get; } = new("text", true, () => new() { ["type"] = "string", ["minLength"] = 1 }, text => text.Length > 0 ? (text, "") : (null, "is empty; write something"));

    public static ScalarShape YesOrNo { get; } = new("true or false", false, () => new() { ["type"] = "boolean" }, text => text switch
    {
        "true" => (true, ""),
        "false" => (false, ""),
        _ => (null, $"'{text}' is neither true nor false; write one of them"),
    });

    public static ScalarShape Size { get; } = new(
        "a size",
        null,
        () => new()
        {
            ["anyOf"] = new JsonArray(
                new JsonObject { ["type"] = "integer", ["minimum"] = SizeText.Min(null), ["maximum"] = SizeText.Max },
                new JsonObject { ["type"] = "string", ["pattern"] = SizeText.Pattern }),
        },
        text => SizeText.TryParse(text, out var sizes, out var fault) ? (sizes, "") : (null, $"'{text}' {fault}"));

    public static ScalarShape Address { get; } = new(
        "[FRAMING=]HOST:PORT",
        true,
        () => new() { ["type"] = "string", ["pattern"] = TargetText.Pattern },
        text => TargetText.TryParse(text, out var target, out var fault) ? (target, "") : (null, $"'{text}' {fault}"));

    /// <summary>Either whether idle connections stay idle, or how often each of them sends.</summary>
    public static ScalarShape Trickle { get; } = new(
        "true, or how often each connection sends a message, such as 30s",
        null,
        () => new() { ["anyOf"] = new JsonArray(YesOrNo.ToSchema(), new JsonObject { ["type"] = "string", ["pattern"] = Durations.Pattern }) },
        text => text switch
        {
            "true" => (TimeSpan.Zero, ""),
            "false" => (TimeSpan.MinValue, ""),
            _ => InRange(text, TimeSpan.FromMilliseconds(1), LoadSchedule.MaxStage),
        },
        "true",
        "false");

    public static ScalarShape Framing { get; } = Word([.. Framings.Names]);

    public static ScalarShape Word(params string[] words) => new(
        $"one of {string.Join(", ", words)}",
        true,
        () => new() { ["enum"] = new JsonArray([.. words.Select(w => JsonValue.Create(w))]) },
        text => words.Contains(text, StringComparer.Ordinal) ? (text, "") : (null, $"there is no '{text}'; {Nearest.Advice(text, words)}"));

    public static ScalarShape Integer(int min, int max) => new(
        "a whole number",
        false,
        () => new() { ["type"] = "integer", ["minimum"] = min, ["maximum"] = max },
        text =>
        {
            var isNumber = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number);
            return isNumber && number >= min && number <= max ? ((int)number, "") : (null, $"'{text}' is no whole number from {min} to {max}; write one");
        });

    public static ScalarShape Number(double min, double max) => new(
        "a number",
        false,
        () => new() { ["type"] = "number", ["minimum"] = min, ["maximum"] = max },
        text =>
        {
            var isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max;
            return isNumber ? (number, "") : (null, string.Create(CultureInfo.InvariantCulture, $"'{text}' is no number from {min} to {max:0}; write one"));
        });

    public static ScalarShape Duration(TimeSpan min, TimeSpan max) => new(
        "a duration such as 500ms, 5s or 2m", null, () => new() { ["type"] = "string", ["pattern"] = Durations.Pattern }, text => InRange(text, min, max));

    private static (object?, string) InRange(string text, TimeSpan min, TimeSpan max)
    {
        if (!Durations.TryParse(text, out var duration)) return (null, $"'{text}' is no duration; write a number with us, ms, s, m or h after it, such as 500ms");
        return duration >= min && duration <= max ? (duration, "") : (null, $"{text} is outside {Durations.Format(min)} to {Durations.Format(max)}; choose another");
    }
}
