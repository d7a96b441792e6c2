using System.Reflection;
using OrleansEcho.Grains.Connections;
using OrleansEcho.Grains.Interfaces.Connections;

namespace OrleansEcho.Grains.Tests.Contracts;

/// <summary>
/// Gateways and silos of different versions talk to each other during every rolling upgrade. Their contract is names and numbers, which
/// are all in one approved file: whoever changes one sees it in the review.
/// </summary>
public sealed class ContractStabilityTests
{
    private const string FileName = "Contracts.approved.txt";
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Contracts");

    [Fact]
    public async Task WhatTheLastReleaseSays_IsStillThere()
    {
        var last = await File.ReadAllLinesAsync(Path.Combine(Folder, "Contracts.last.txt"), TestContext.Current.CancellationToken);
        var gone = last.Except(Describe().Split('\n')).ToList();
        if (gone.Count > 0) Assert.Fail($"Processes of the last release (tests/LastRelease) say what nobody would understand any more; CONTRIBUTING.md says how a contract changes:\n{string.Join('\n', gone)}");
    }

    [Fact]
    public async Task ContractsAreTheApprovedOnes()
    {
        var approved = await File.ReadAllTextAsync(Path.Combine(Folder, FileName), TestContext.Current.CancellationToken);
        var found = Describe();
        if (found == approved) return;

        var received = Path.Combine(Folder, "Contracts.received.txt");
        await File.WriteAllTextAsync(received, found, TestContext.Current.CancellationToken);
        Assert.Fail($"""
            The contracts between gateways, silos and stores differ from the approved ones.
            A process of the last version must still understand this one: add members under new numbers, never change or reuse one.
            If the change is meant, approve it and commit: cp {received} tests/Grains.Tests/Contracts/{FileName}
            {Difference(approved, found)}
            """);
    }

    // A line a member, with its type's name in it, so that a difference explains itself.
    private static string Describe() => string.Concat(
        from assembly in (Assembly[])[typeof(MessageSet).Assembly, typeof(ConnectionGrain).Assembly]
        from type in Contracts(assembly).OrderBy(AliasOf, StringComparer.Ordinal)
        from line in LinesOf(type)
        select $"{AliasOf(type)}: {line}\n");

    private static IEnumerable<Type> Contracts(Assembly assembly) =>
        assembly.GetTypes().Where(type => type.GetCustomAttribute<GenerateSerializerAttribute>() is not null || IsGrain(type) || IsGrainClass(type));

    private static bool IsGrain(Type type) => type.IsInterface && typeof(IAddressable).IsAssignableFrom(type);

    private static bool IsGrainClass(Type type) => typeof(Grain).IsAssignableFrom(type) && !type.IsAbstract;

    private static IEnumerable<string> LinesOf(Type type)
    {
        if (IsGrainClass(type)) return type.GetInterfaces().Where(i => i.GetCustomAttribute<AliasAttribute>() is not null).Select(i => $"grain {AliasOf(i)}");
        if (type.IsEnum) return Enum.GetValues(type).Cast<object>().Select(value => $"{Convert.ToInt64(value, null)} {value}");
        return IsGrain(type)
            ? type.GetMethods().OrderBy(AliasOf, StringComparer.Ordinal).Select(method => $"{AliasOf(method)}({ParametersOf(method)}) {NameOf(method.ReturnType)}")
            : MembersOf(type).OrderBy(member => member.Id).Select(member => $"{member.Id} {member.Type} {member.Name}");
    }

    private static IEnumerable<(uint Id, string Type, string Name)> MembersOf(Type type)
    {
        const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        foreach (var property in type.GetProperties(Own))
        {
            if (property.GetCustomAttribute<IdAttribute>() is not { } id) continue;
            yield return (id.Id, NameOf(property.PropertyType), property.Name);
        }

        foreach (var field in type.GetFields(Own))
        {
            if (field.GetCustomAttribute<IdAttribute>() is { } id) yield return (id.Id, NameOf(field.FieldType), field.Name);
        }
    }

    private static string ParametersOf(MethodInfo method) => string.Join(", ", method.GetParameters().Select(parameter => NameOf(parameter.ParameterType)));

    // Contracts of ours go by alias, like on the wire.
    private static string NameOf(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying) return NameOf(underlying) + "?";
        if (type.IsArray) return NameOf(type.GetElementType()!) + "[]";
        if (type.IsGenericType) return $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>";
        return type.GetCustomAttribute<AliasAttribute>()?.Alias ?? type.Name;
    }

    private static string AliasOf(MemberInfo member) => member.GetCustomAttribute<AliasAttribute>()?.Alias
        ?? member.GetCustomAttribute<GrainTypeAttribute>()?.GetGrainType(null!, null!).ToString()
        ?? throw new InvalidOperationException($"{member.DeclaringType?.Name} {member.Name} has no [Alias] (a grain: no [GrainType]), so that its name in the code is its name on the wire.");

    private static string Difference(string approved, string found)
    {
        var (before, after) = (approved.Split('\n'), found.Split('\n'));
        return string.Join('\n', before.Except(after).Select(line => "- " + line).Concat(after.Except(before).Select(line => "+ " + line)));
    }
}
