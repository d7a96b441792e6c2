using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace OrleansEcho.ServiceDefaults.Configuration;

/// <summary>One option of a program, as help, documentation and checks see it.</summary>
public sealed class OptionEntry
{
    private readonly Type _type;
    private readonly RangeAttribute? _range;
    private readonly string[]? _allowed;
    private readonly string? _beforeName; // of the key, where a name stands in it: Gateway:Listeners: and :Address
    private readonly string _afterName = "";

    internal OptionEntry(string key, PropertyInfo property, object defaults)
    {
        _type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        _range = property.GetCustomAttribute<RangeAttribute>();
        _allowed = property.GetCustomAttribute<AllowedValuesAttribute>()?.Values.Select(v => Text(v)).ToArray();
        IsSecret = property.GetCustomAttribute<PasswordPropertyTextAttribute>() is { Password: true };
        Key = key;
        if (key.Split("<name>") is [var before, var after]) (_beforeName, _afterName) = (before, after);
        Default = Text(property.GetValue(defaults));
        Description = property.GetCustomAttribute<DescriptionAttribute>()?.Description
            ?? throw new InvalidOperationException($"{property.DeclaringType}.{property.Name} has no [Description].");
    }

    /// <summary>Its key in the configuration; <c>&lt;name&gt;</c> stands for any name.</summary>
    public string Key { get; }

    /// <summary>Its value when nobody sets it; empty for none.</summary>
    public string Default { get; internal set; }

    /// <summary>What it means, in one sentence.</summary>
    public string Description { get; }

    /// <summary>What values it takes, for a person: <c>1 to 65535</c>, <c>true or false</c>, <c>text</c>.</summary>
    public string Values =>
        _allowed is not null ? string.Join(", ", _allowed)
        : _range is not null ? string.Create(CultureInfo.InvariantCulture, $"{_range.Minimum} to {_range.Maximum}")
        : _type == typeof(bool) ? "true or false"
        : _type == typeof(int) ? "a whole number"
        : _type == typeof(double) ? "a number"
        : "text";

    /// <summary>Whether its value may hold a password (<c>[PasswordPropertyText(true)]</c>), and so never stands in a message.</summary>
    internal bool IsSecret { get; }

    private string Within => _range is null ? "" : $" from {Values}";

    /// <summary>What is wrong with a value; null when nothing is.</summary>
    internal string? Check(string value)
    {
        if (_allowed is not null) return _allowed.Contains(value, StringComparer.OrdinalIgnoreCase) ? null : $"is not one of {Values}";
        if (_type == typeof(bool)) return bool.TryParse(value, out _) ? null : "is not true or false";
        if (_type == typeof(string)) return !IsSecret && value.Any(char.IsControl) ? "has a control character in it" : null;
        if (_type == typeof(int) && !int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)) return "is not a whole number" + Within;
        if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number)) return "is not a number" + Within;
        if (_range is null) return null;
        var low = Convert.ToDouble(_range.Minimum, CultureInfo.InvariantCulture);
        var high = Convert.ToDouble(_range.Maximum, CultureInfo.InvariantCulture);
        return number >= low && number <= high ? null : $"is not in the range {Values}";
    }

    /// <summary>Whether a key as it stands in a configuration is this option's.</summary>
    internal bool Matches(string key)
    {
        if (_beforeName is null) return Key.Equals(key, StringComparison.OrdinalIgnoreCase);
        return key.Length >= _beforeName.Length + _afterName.Length
            && key.StartsWith(_beforeName, StringComparison.OrdinalIgnoreCase)
            && key.EndsWith(_afterName, StringComparison.OrdinalIgnoreCase)
            && !key.AsSpan(_beforeName.Length, key.Length - _beforeName.Length - _afterName.Length).Contains(':');
    }

    /// <summary>Whether a key as it stands in a configuration is that of a section with this option in it.</summary>
    internal bool IsBeneath(string key) => KeyFor(key).StartsWith(key + ":", StringComparison.OrdinalIgnoreCase);

    /// <summary>The key with the names that another key has in its places.</summary>
    internal string KeyFor(string key)
    {
        var names = key.Split(':');
        return string.Join(':', Key.Split(':').Select((segment, i) => segment is "<name>" && i < names.Length ? names[i] : segment));
    }

    private static string Text(object? value) => value switch
    {
        null => "",
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
