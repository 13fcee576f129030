namespace ContainerChaos.Scenarios.Load;

/// <summary>
/// Bodies of POST requests, made by Bogus from a template before the load begins: <c>{"name":"{{name.fullName}}","to":"{{internet.email}}"}</c>. The same seed
/// gives the same bodies.
/// </summary>
/// <param name="Template">Text with the names of Bogus's generators in double braces.</param>
/// <param name="Seed">Any number.</param>
/// <param name="Distinct">How many different ones there are, which are sent in turn: 1 to 10,000.</param>
/// <param name="ContentType">The media type.</param>
public sealed record RequestPayload(string Template, int Seed = 1, int Distinct = 256, string ContentType = "application/json")
{
    internal void Validate()
    {
        if (Distinct is < 1 or > 10_000)
            throw new ArgumentException($"{Distinct} payloads are outside 1 to 10,000.", "distinct");
        if (ContentType.AsSpan().ContainsAny('\r', '\n'))
            throw new ArgumentException("The media type is one line.", "type");
    }
}
