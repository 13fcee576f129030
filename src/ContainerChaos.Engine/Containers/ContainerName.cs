using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Bogus;
using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

/// <summary>Names of containers: Docker's rule for given ones, two friendly words for the others.</summary>
internal static partial class ContainerName
{
    /// <summary>Checks a given name.</summary>
    /// <exception cref="ContainerException">InvalidName.</exception>
    public static void Check(string name)
    {
        if (IsValid(name))
            return;
        EngineErrors.Throw(
            ErrorReason.InvalidName,
            name.Length > 128 ? $"The container name '{name[..32]}…' has {name.Length} characters, more than 128." : $"'{name}' is not a container name.",
            name, "Use at least two letters, digits, '_', '.' or '-', beginning with a letter or a digit.");
    }

    public static bool IsValid(string name) => name.Length <= 128 && Grammar().IsMatch(name);

    /// <summary>Makes up a name such as <c>sleek-granite-chair</c>. Whether it is free is for the caller to see.</summary>
    /// <param name="attempt">How many were taken already; after some, a number makes the next one likely free.</param>
    // Not inlined, so that a caller with a name of its own never loads Bogus and its word lists.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static string Generate(int attempt)
    {
        var words = new Faker().Commerce;
        var name = $"{words.ProductAdjective()}-{words.ProductMaterial()}-{words.Product()}".ToLowerInvariant().Replace(' ', '-');
        return attempt < 3 ? name : $"{name}-{Random.Shared.Next(1000, 10000)}";
    }

    [GeneratedRegex(@"\A[a-zA-Z0-9][a-zA-Z0-9_.-]+\z")]
    private static partial Regex Grammar();
}
