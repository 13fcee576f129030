using System.Globalization;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>Writes a group's files on behalf of the runtime-spec's fields: what fails names the field and the controller.</summary>
internal sealed class LimitWriter(Cgroup group)
{
    private const string Root = "linux.resources.";

    /// <summary>Whether the controller that a field is about is a version 2 one here.</summary>
    /// <exception cref="ContainerException">The host does not have it (<see cref="ErrorReason.NotSupported"/>).</exception>
    internal bool IsUnified(string field, string controller) =>
        group.Has(controller) ? group.IsUnified(controller) : throw NotAvailable(field, controller, "this host has not mounted it");

    /// <summary>Whether the kernel has a file.</summary>
    internal bool Exists(string controller, string file)
    {
        try
        {
            group.Read(controller, file);
            return true;
        }
        catch (ErrnoException)
        {
            return false;
        }
    }

    /// <summary>Writes a value.</summary>
    internal void Write(string field, string controller, string file, string value)
    {
        if (TryWrite(field, controller, file, value) is { } error)
            throw Failure(field, controller, error);
    }

    internal void Write(string field, string controller, string file, long value) => Write(field, controller, file, Text(value));

    /// <summary>Writes a value where the kernel has the file; what it no longer or not yet has is passed over.</summary>
    internal void WriteIfPresent(string field, string controller, string file, string value)
    {
        if (TryWrite(field, controller, file, value) is { Errno: not (Errno.ENOENT or Errno.EOPNOTSUPP) } error)
            throw Failure(field, controller, error);
    }

    /// <summary>Writes a value, and returns what went wrong: for values that constrain each other, the order of which depends on what is there.</summary>
    internal ErrnoException? TryWrite(string field, string controller, string file, string value)
    {
        IsUnified(field, controller);
        try
        {
            group.Write(controller, file, value);
            return null;
        }
        catch (ErrnoException e)
        {
            return e;
        }
    }

    /// <summary>Reads what is set now.</summary>
    internal string Read(string field, string controller, string file)
    {
        IsUnified(field, controller);
        try
        {
            return group.Read(controller, file);
        }
        catch (ErrnoException e)
        {
            throw Failure(field, controller, e);
        }
    }

    /// <summary>What a refused value is reported as.</summary>
    internal ContainerException Failure(string field, string controller, ErrnoException error) => error.Errno switch
    {
        Errno.ENOENT or Errno.EACCES or Errno.EPERM when IsWithheld(controller) => NotAvailable(
            field, controller, $"it is not passed on to {group.Path}; a group above it has processes of its own, or does not have it", error),
        Errno.ENOENT => Error(ErrorReason.NotSupported, field, $"this kernel does not have it: {error.Message}", error),
        Errno.EACCES or Errno.EPERM or Errno.EROFS => Error(ErrorReason.PermissionDenied, field, error.Message, error),
        Errno.EOPNOTSUPP => Error(ErrorReason.NotSupported, field, error.Message, error),
        _ => Error(ErrorReason.InvalidArgument, field, error.Message, error),
    };

    /// <summary>The error of a field.</summary>
    internal static ContainerException Error(ErrorReason reason, string field, string why, Exception? cause = null) =>
        new(reason, $"{Root}{field}: {why}.", Root + field, cause);

    internal static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    internal static string Text(ulong value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A version 2 limit, whose lack is called <c>max</c>.</summary>
    internal static string OrMax(long value) => value < 0 ? "max" : Text(value);

    private static ContainerException NotAvailable(string field, string controller, string why, Exception? cause = null) =>
        Error(ErrorReason.NotSupported, field, $"the requested cgroup controller `{controller}` is not available: {why}", cause);

    // On version 2 a controller's files are only where every group above enables it.
    private bool IsWithheld(string controller)
    {
        if (!group.Has(controller) || !group.IsUnified(controller))
            return false;
        try
        {
            return !group.Read("cgroup", "cgroup.controllers").Split(' ').Contains(controller == "blkio" ? "io" : controller);
        }
        catch (ErrnoException)
        {
            return false;
        }
    }
}
