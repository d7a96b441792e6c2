using OrleansEcho.ServiceDefaults.Configuration;

namespace OrleansEcho.ServiceDefaults.Tests;

public sealed class EditDistanceTests
{
    // Every word of two letters up to four long: small enough to try all pairs and triples, and a fault that is there shows here.
    private static readonly string[] Words = [.. Enumerable.Range(0, 5).SelectMany(WordsOf)];

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("MaxConections", "MaxConnections", 1)]
    [InlineData("MAXCONNECTIONS", "maxconnections", 0)]
    [InlineData("ab", "ba", 2)]
    public void CountsInsertionsDeletionsAndSubstitutions(string a, string b, int distance) => Assert.Equal(distance, EditDistance.Between(a, b));

    [Fact]
    public void EqualsItsDefinition()
    {
        foreach (var a in Words)
        {
            foreach (var b in Words) Assert.True(EditDistance.Between(a, b) == Defined(a, b), $"'{a}' and '{b}'");
        }
    }

    [Fact]
    public void IsAMetric()
    {
        foreach (var a in Words)
        {
            foreach (var b in Words)
            {
                var direct = EditDistance.Between(a, b);
                Assert.Equal(direct, EditDistance.Between(b, a));
                Assert.Equal(a == b, direct is 0);
                foreach (var c in Words) Assert.True(direct <= EditDistance.Between(a, c) + EditDistance.Between(c, b), $"'{a}', '{b}' by way of '{c}'");
            }
        }
    }

    private static IEnumerable<string> WordsOf(int length) =>
        Enumerable.Range(0, 1 << length).Select(bits => string.Concat(Enumerable.Range(0, length).Select(i => (bits >> i & 1) is 0 ? 'a' : 'b')));

    private static int Defined(string a, string b)
    {
        if (a.Length is 0 || b.Length is 0) return a.Length + b.Length;
        var substituted = Defined(a[1..], b[1..]) + (a[0] == b[0] ? 0 : 1);
        return Math.Min(substituted, 1 + Math.Min(Defined(a[1..], b), Defined(a, b[1..])));
    }
}
