using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary><c>spec</c>: writes a <c>config.json</c> to begin with.</summary>
internal static class SpecCommand
{
    internal static int Execute(ReadOnlySpan<string> arguments)
    {
        var (bundle, rootless) = (".", false);
        var parser = new OptionParser("spec", "")
            .Value("--bundle|-b", "DIR", "where it is written (default: here)", v => bundle = v)
            .Switch("--rootless", "a container that an ordinary user can run", v => rootless = v);
        if (parser.Parse(arguments) is not { } operands)
            return 0;
        if (operands.Count > 0)
            throw parser.Misuse($"{operands[0]} is one argument too many");
        Write(bundle, rootless);
        return 0;
    }

    /// <summary>Writes the file; one that exists already is somebody's work and stays.</summary>
    /// <exception cref="ContainerException">The file exists or can't be written.</exception>
    internal static void Write(string bundle, bool rootless)
    {
        var path = Path.Combine(bundle, "config.json");
        var spec = rootless ? DefaultSpec.CreateRootless(OwnIdentity.User, OwnIdentity.Group) : DefaultSpec.Create();
        try
        {
            using var file = FileDescriptor.Open(path, OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_EXCL | OpenFlags.O_CLOEXEC, 0x1B6 /* 0666 */);
            file.Write([.. DefaultSpec.Serialize(spec), (byte)'\n']);
        }
        catch (ErrnoException e) when (e.Errno == Errno.EEXIST)
        {
            throw new ContainerException(ErrorReason.InvalidArgument, $"File {path} exists.", path, e) { Remedy = "Remove it first." };
        }
        catch (ErrnoException e)
        {
            throw new ContainerException(ErrorReason.InvalidArgument, $"{path} can't be written: {e.Message}.", path, e);
        }
    }
}
