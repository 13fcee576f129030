using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using Bogus;

namespace ContainerChaos.Scenarios.Load;

/// <summary>Makes the bodies of a <see cref="RequestPayload"/>.</summary>
internal static partial class PayloadBodies
{
    /// <summary>Not inlined, so that a load without a payload never loads Bogus and its word lists.</summary>
    /// <exception cref="ArgumentException">The template names what Bogus does not have.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static byte[][] Of(RequestPayload payload)
    {
        var faker = new Faker { Random = new Randomizer(payload.Seed) };
        try
        {
            return [.. Enumerable.Range(0, payload.Distinct).Select(_ => Encoding.UTF8.GetBytes(Word().Replace(payload.Template, word => faker.Parse(word.Value))))];
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new ArgumentException($"The template can't be filled: {e.Message}", "template", e);
        }
    }

    // Word by word: Bogus takes the braces at the end of nested objects for its own.
    [GeneratedRegex(@"\{\{[^{}]+\}\}")]
    private static partial Regex Word();
}
