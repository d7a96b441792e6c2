using System.Net.Sockets;
using Mono.Cecil;
using OrleansEcho.Architecture.Tests.Reading;

namespace OrleansEcho.Architecture.Tests;

/// <summary>A rule is worth what its detector finds: here is a socket, in every place where one can hide.</summary>
public sealed class TypeUsesTests
{
    private static readonly AssemblyDefinition Own = Product.Load(typeof(TypeUsesTests).Assembly.Location);

    [Theory]
    [InlineData(nameof(InBaseType))]
    [InlineData(nameof(InProperty))]
    [InlineData(nameof(InGenericArgument))]
    [InlineData(nameof(InParameter))]
    [InlineData(nameof(InConstraint))]
    [InlineData(nameof(InAttribute))]
    [InlineData(nameof(InMethodBody))]
    [InlineData(nameof(InTypeOf))]
    [InlineData(nameof(InCatch))]
    [InlineData(nameof(InLambda))]
    [InlineData(nameof(InAsyncMethod))]
    [InlineData(nameof(InIterator))]
    [InlineData(nameof(InCalledSignature))]
    public void UseIsFound(string place) => Assert.Contains(UsesOf(place), use => use.Used.IsIn("System.Net.Sockets"));

    [Fact]
    public void NothingIsFound_WhereNothingIs() => Assert.DoesNotContain(UsesOf(nameof(Innocent)), use => use.Used.IsIn("System.Net"));

    [Fact]
    public void NamespaceIsNotTakenForOneThatBeginsLikeIt()
    {
        Assert.False(Own.MainModule.GetType(typeof(TypeUsesTests).FullName).IsIn("Orleans"));
        Assert.True(Own.MainModule.GetType(typeof(TypeUsesTests).FullName).IsIn("OrleansEcho"));
    }

    private static TypeUse[] UsesOf(string place)
    {
        var type = Own.MainModule.GetType(typeof(TypeUsesTests).FullName).NestedTypes.Single(nested => nested.Name == place);
        var uses = TypeUses.Of(type).ToArray();
        Assert.NotEmpty(uses);
        return uses;
    }

    private sealed class Innocent
    {
        public static string Name => nameof(Socket); // "Sockets" in a text is no use

        public static async Task<int> WaitAsync() => await Task.FromResult(1);
    }

    private sealed class InBaseType() : Socket(SocketType.Stream, ProtocolType.Tcp);

    private sealed class InProperty
    {
        public Socket? Value { get; set; }
    }

    private sealed class InGenericArgument
    {
        public static Dictionary<string, List<Socket[]>>? Value => null;
    }

    private abstract class InParameter
    {
        public abstract void Take(in Socket socket);
    }

    private abstract class InConstraint
    {
        public abstract void Take<T>(T value)
            where T : Socket;
    }

    [System.ComponentModel.Editor(typeof(Socket), typeof(object))]
    private sealed class InAttribute;

    private sealed class InMethodBody
    {
        public static void Run() => new Socket(SocketType.Stream, ProtocolType.Tcp).Dispose();
    }

    private sealed class InTypeOf
    {
        public static string Name() => typeof(Socket).Name;
    }

    private sealed class InCatch
    {
        public static bool Try(Action action)
        {
            try
            {
                action();
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        }
    }

    private sealed class InLambda
    {
        public static Func<object> Make() => () => Socket.OSSupportsIPv6;
    }

    private sealed class InAsyncMethod
    {
        public static async Task<object> MakeAsync()
        {
            await Task.Yield();
            return Socket.OSSupportsIPv4;
        }
    }

    private sealed class InIterator
    {
        public static IEnumerable<object> Make()
        {
            yield return Socket.OSSupportsUnixDomainSockets;
        }
    }

    private sealed class InCalledSignature
    {
        public static bool Call(InParameter other)
        {
            other.Take(null!);
            return true;
        }
    }
}
