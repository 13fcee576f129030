namespace ContainerChaos.Runtime;

/// <summary><c>checkpoint</c> and <c>restore</c>: known, and refused.</summary>
internal static class CheckpointCommand
{
    internal static int Execute(string verb, ReadOnlySpan<string> arguments)
    {
        if (arguments is ["--help" or "-h"])
        {
            _ = new OptionParser(verb, "CONTAINER").Parse(arguments);
            return 0;
        }
        throw new ContainerException(ErrorReason.NotSupported, $"{verb}: processes can't be frozen to disk and brought back: this runtime does not use CRIU.", verb);
    }
}
